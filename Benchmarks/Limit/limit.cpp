// The limit of a scan: decompress every gzip file under a directory and parse it with simdjson, no other work.
//
// usage: limit DIRECTORY [THREADS]
// prints: <seconds> s  <megabytes of JSON> MB  <megabytes of JSON a second> MB/s  <files> files
//
// Files are held whole, compressed and not, which is what makes this a limit rather than a way to read hostile input.

#include <libdeflate.h>
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string &path, const char *what) {
  std::fprintf(stderr, "limit: %s: %s\n", path.c_str(), what);
  std::exit(1);
}

/// A worker's buffers, kept from file to file so that their pages are touched once.
struct Worker {
  std::vector<unsigned char> packed;
  std::vector<unsigned char> text;
  simdjson::dom::parser parser;
  libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();

  ~Worker() { libdeflate_free_decompressor(inflate); }

  size_t read(const std::string &path) {
    std::FILE *file = std::fopen(path.c_str(), "rb");
    if (!file) { fail(path, std::strerror(errno)); }
    std::setvbuf(file, nullptr, _IONBF, 0);
    const size_t size = fs::file_size(path);
    if (packed.size() < size) { packed.resize(size); }
    if (std::fread(packed.data(), 1, size, file) != size) { fail(path, "cannot be read"); }
    std::fclose(file);
    return size;
  }

  /// Decompresses all members of the gzip file into `text`, and says how long it is.
  size_t decompress(const std::string &path, size_t size) {
    size_t read = 0, written = 0;
    if (text.size() < simdjson::SIMDJSON_PADDING) { text.resize(8 << 20); }
    while (read < size) {
      size_t used = 0, made = 0;
      const size_t room = text.size() - simdjson::SIMDJSON_PADDING - written;
      switch (libdeflate_gzip_decompress_ex(
        inflate, packed.data() + read, size - read, text.data() + written, room, &used, &made)) {
      case LIBDEFLATE_SUCCESS:
        read += used;
        written += made;
        break;
      case LIBDEFLATE_INSUFFICIENT_SPACE: text.resize(text.size() * 2); break;
      default: fail(path, "is no gzip file");
      }
    }
    return written;
  }

  size_t run(const std::string &path) {
    const size_t length = decompress(path, read(path));
    simdjson::dom::element document;
    // The buffer has the padding that simdjson asks for, so it need not copy.
    if (auto error = parser.parse(text.data(), length, false).get(document)) {
      fail(path, simdjson::error_message(error));
    }
    return length;
  }
};

}  // namespace

int main(int argumentCount, char **arguments) {
  if (argumentCount < 2 || argumentCount > 3) {
    std::fprintf(stderr, "usage: limit DIRECTORY [THREADS]\n");
    return 64;
  }
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int threadCount = std::max(1, argumentCount == 3 ? std::atoi(arguments[2]) : cores);
  const auto start = std::chrono::steady_clock::now();

  std::vector<std::string> paths;
  std::error_code problem;
  for (fs::recursive_directory_iterator entry(arguments[1], problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (entry->is_regular_file() && entry->path().extension() == ".gz") { paths.push_back(entry->path().string()); }
  }
  if (problem) { fail(arguments[1], problem.message().c_str()); }

  std::atomic<size_t> next{0}, bytes{0};
  std::vector<std::thread> threads;
  for (int index = 0; index < threadCount; index++) {
    threads.emplace_back([&] {
      Worker worker;
      size_t sum = 0;
      for (size_t file = next++; file < paths.size(); file = next++) { sum += worker.run(paths[file]); }
      bytes += sum;
    });
  }
  for (auto &thread : threads) { thread.join(); }

  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const double megabytes = static_cast<double>(bytes) / 1e6;
  std::printf(
    "%.4f s  %.1f MB  %.0f MB/s  %zu files\n", elapsed.count(), megabytes, megabytes / elapsed.count(), paths.size());
  return 0;
}
