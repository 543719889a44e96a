// dlopen gives the old handle again for a path it knows, and a file that is cut while it is mapped kills the process:
// so what is opened is a copy, whose name is gone as soon as it is mapped. No library is ever unloaded; so that a
// gateway may load its configuration anew as often as it likes, a file that is unchanged is not opened a second time.
#include "host/library.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace causeway {

namespace {

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor &) = delete;
  descriptor &operator=(const descriptor &) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

// A file whose name goes with this object; what is mapped of it stays.
class private_copy {
 public:
  private_copy(const descriptor &from, const std::filesystem::path &of, std::string &why) {
    std::error_code no_folder;
    auto name =
        (std::filesystem::temp_directory_path(no_folder) / ("causeway-" + of.stem().string() + "-XXXXXX.so")).string();
    const descriptor to(::mkostemps(name.data(), 3, O_CLOEXEC));
    if (!to) {
      why = std::string("cannot be copied to the folder for temporary files (TMPDIR): ") + std::strerror(errno);
      return;
    }
    path_ = name;
    std::array<char, 65536> block{};
    for (;;) {
      const ssize_t got = ::read(from.get(), block.data(), block.size());
      if (got == 0) return;
      for (ssize_t written = 0; written < got;) {
        const ssize_t one = ::write(to.get(), block.data() + written, std::size_t(got - written));
        if (one < 0) {
          why = std::string("cannot be copied to the folder for temporary files (TMPDIR): ") + std::strerror(errno);
          return;
        }
        written += one;
      }
      if (got < 0) {
        why = std::string("cannot be read: ") + std::strerror(errno);
        return;
      }
    }
  }
  private_copy(const private_copy &) = delete;
  private_copy &operator=(const private_copy &) = delete;
  ~private_copy() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  const std::string &path() const { return path_; }

 private:
  std::string path_;
};

// One content of one file, as far as the file system can tell.
using file_identity = std::tuple<dev_t, ino_t, off_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

file_identity identity_of(const struct stat &about) {
  return {about.st_dev,          about.st_ino,         about.st_size,        about.st_mtim.tv_sec,
          about.st_mtim.tv_nsec, about.st_ctim.tv_sec, about.st_ctim.tv_nsec};
}

// The loader's own words, with the file's name where they name the copy.
std::string loader_error(const std::string &copy, const std::string &file) {
  const char *said = ::dlerror();
  std::string text = said ? said : "no reason given";
  for (std::size_t at = text.find(copy); at != std::string::npos; at = text.find(copy, at + file.size()))
    text.replace(at, copy.size(), file);
  return text;
}

// Libraries that are loaded and that no plugin uses, by the content they were loaded from.
class spare_libraries {
 public:
  void *take(const file_identity &content) {
    const std::lock_guard lock(mutex_);
    const auto found = handles_.find(content);
    return found == handles_.end() ? nullptr : handles_.extract(found).mapped();
  }
  void give(const file_identity &content, void *handle) {
    const std::lock_guard lock(mutex_);
    handles_.emplace(content, handle);
  }

 private:
  std::mutex mutex_;
  std::multimap<file_identity, void *> handles_;
};

// Never destroyed: plugins may end after everything else.
spare_libraries &spare() {
  static auto *all = new spare_libraries;
  return *all;
}

// Also where the file was copied to another place.
std::string build_of(const struct stat &about) {
  return std::to_string(about.st_size) + "-" + std::to_string(about.st_mtim.tv_sec) + "." +
         std::to_string(about.st_mtim.tv_nsec);
}

// A loaded library, spare again when the last holder lets go of it; null, with the reason, where it cannot be loaded.
std::shared_ptr<void> load(const std::filesystem::path &file, std::string &build, std::string &why) {
  const descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about {};
  if (!from || ::fstat(from.get(), &about) != 0)
    why = std::string("cannot be read: ") + std::strerror(errno);
  else if (!S_ISREG(about.st_mode))
    why = "is not a file";
  void *handle = nullptr;
  const auto content = identity_of(about);
  build = build_of(about);
  if (why.empty()) handle = spare().take(content);
  if (why.empty() && handle == nullptr) {
    const private_copy copy(from, file, why);
    if (why.empty()) {
      handle = ::dlopen(copy.path().c_str(), RTLD_NOW | RTLD_LOCAL);
      if (handle == nullptr) {
        why = "the library cannot be loaded: " + loader_error(copy.path(), file.string());
        return nullptr;
      }
    }
  }
  if (handle != nullptr) return {handle, [content](void *done) { spare().give(content, done); }};
  why = "the library " + file.string() + " " + why;
  return nullptr;
}

}  // namespace

std::filesystem::path plugin_library::locate(std::string_view reference, const std::filesystem::path &folder) {
  if (reference.find('/') != std::string_view::npos) return std::filesystem::path(reference);
  return folder / (std::string(reference) + ".so");
}

std::optional<declared_plugin> plugin_library::open(const std::filesystem::path &file,
                                                    std::vector<std::string> &faults) {
  const std::string name = file.stem().string();
  const auto refuse = [&](const std::string &why) {
    faults.push_back(name + ": " + why);
    return std::nullopt;
  };
  std::string why, build;
  const auto library = load(file, build, why);
  if (!library) return refuse(why);
  void *symbol = ::dlsym(library.get(), CW_ENTRY_NAME);
  if (symbol == nullptr)
    return refuse("the library exports no function " CW_ENTRY_NAME ": it is not a plugin of Causeway");
  const cw_plugin *plugin = nullptr;
  try {
    plugin = reinterpret_cast<cw_entry>(symbol)(CW_ABI_VERSION);
  } catch (...) {
    return refuse(CW_ENTRY_NAME " threw an exception");
  }
  if (plugin == nullptr)
    return refuse("the plugin cannot work with ABI version " + std::to_string(CW_ABI_VERSION) +
                  " of this gateway; build it against this gateway's SDK");
  auto declared = read(name, plugin, faults);
  if (declared) {
    declared->library = library;
    declared->build = std::move(build);
  }
  return declared;
}

}  // namespace causeway
