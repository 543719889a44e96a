// One gateway per SQLite file.
#pragma once

#include <mutex>
#include <string>

namespace causeway::sql {

// Held from acquire() until destruction, or the end of the process, however it ends. Any thread.
class file_lock {
 public:
  // The lock is on a file beside it, FILE.lock, which stays.
  explicit file_lock(const std::string &file) : path_(file + ".lock") {}
  ~file_lock();
  file_lock(const file_lock &) = delete;

  enum class outcome { held, taken_by_another, cannot_open };
  outcome acquire();
  const std::string &path() const { return path_; }

 private:
  std::mutex mutex_;
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace causeway::sql
