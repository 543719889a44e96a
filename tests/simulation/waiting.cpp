// How a fiber waits: this program's definitions of the two calls by which the code under test blocks a thread take the
// place of the C library's. Where a thread would sleep, the fiber is suspended; whoever resumes it need not know
// whether what it waits for has come, because both are asked again by their callers.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <sched.h>

#include "tests/simulation/fiber.hpp"

using causeway::simulation::fiber;

extern "C" int pthread_mutex_lock(pthread_mutex_t *mutex) noexcept {
  for (;;) {
    const int locked = pthread_mutex_trylock(mutex);
    if (locked != EBUSY) return locked;
    if (fiber::current())
      fiber::suspend(true);
    else
      sched_yield();
  }
}

extern "C" int pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *mutex) {
  if (!fiber::current()) {
    std::fputs("The simulation itself waits for something that only it could bring about.\n", stderr);
    std::abort();
  }
  pthread_mutex_unlock(mutex);
  fiber::suspend();
  return pthread_mutex_lock(mutex);
}
