#include "sql/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace causeway::sql {

file_lock::~file_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

file_lock::outcome file_lock::acquire() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) return outcome::held;
  const int opened = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) return outcome::cannot_open;
  if (::flock(opened, LOCK_EX | LOCK_NB) != 0) {
    ::close(opened);
    return outcome::taken_by_another;
  }
  descriptor_ = opened;
  return outcome::held;
}

}  // namespace causeway::sql
