#include "turbojpeg.h"

#include <cstring>
#include <stdexcept>
#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace quay {
namespace {

using Handle = void*;
struct Functions {
  Handle (*initCompress)();
  Handle (*initDecompress)();
  int (*compress)(Handle, const unsigned char*, int, int, int, int, unsigned char**, unsigned long*, int, int, int);
  int (*header)(Handle, const unsigned char*, unsigned long, int*, int*, int*, int*);
  int (*decompress)(Handle, const unsigned char*, unsigned long, unsigned char*, int, int, int, int, int);
  void (*free)(unsigned char*);
  int (*destroy)(Handle);
  char* (*errorText)(Handle);
} fn;

constexpr int kRgb = 0, kGray = 6;                 // TJPF_RGB, TJPF_GRAY
constexpr int kSubsample420 = 2, kSubsampleGray = 3;  // TJSAMP_420, TJSAMP_GRAY
constexpr int64_t kMaxPixels = 200'000'000;        // A3 at 600 dpi is 70 million; more is no page but an attack

struct Scoped {
  Handle handle;
  explicit Scoped(Handle h) : handle(h) {
    if (!h) throw std::runtime_error("libjpeg-turbo has no memory");
  }
  ~Scoped() { fn.destroy(handle); }
  [[noreturn]] void fail() const { throw std::runtime_error(fn.errorText(handle)); }
};

}  // namespace

TurboJpeg& TurboJpeg::get() {
  static TurboJpeg* instance = new TurboJpeg();  // never destroyed: threads may outlive static destructors
  return *instance;
}

void* TurboJpeg::symbol(const char* name) {
#ifdef _WIN32
  void* found = reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library_), name));
#else
  void* found = dlsym(library_, name);
#endif
  if (!found && error_.empty()) error_ = std::string("libturbojpeg lacks ") + name;
  return found;
}

TurboJpeg::TurboJpeg() {
#ifdef _WIN32
  library_ = LoadLibraryA("libturbojpeg.dll");
  if (!library_) library_ = LoadLibraryA("turbojpeg.dll");
#else
  library_ = dlopen("libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
#endif
  if (!library_) {
    error_ = "libturbojpeg is not installed (Debian package libturbojpeg0)";
    return;
  }
  fn.initCompress = reinterpret_cast<decltype(fn.initCompress)>(symbol("tjInitCompress"));
  fn.initDecompress = reinterpret_cast<decltype(fn.initDecompress)>(symbol("tjInitDecompress"));
  fn.compress = reinterpret_cast<decltype(fn.compress)>(symbol("tjCompress2"));
  fn.header = reinterpret_cast<decltype(fn.header)>(symbol("tjDecompressHeader3"));
  fn.decompress = reinterpret_cast<decltype(fn.decompress)>(symbol("tjDecompress2"));
  fn.free = reinterpret_cast<decltype(fn.free)>(symbol("tjFree"));
  fn.destroy = reinterpret_cast<decltype(fn.destroy)>(symbol("tjDestroy"));
  fn.errorText = reinterpret_cast<decltype(fn.errorText)>(symbol("tjGetErrorStr2"));
}

std::vector<uint8_t> TurboJpeg::encode(const uint8_t* raw, int width, int height, int stride, int channels, int quality, int dpi) {
  if (!error_.empty()) throw std::runtime_error(error_);
  Scoped tj(fn.initCompress());
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const bool gray = channels == 1;
  if (fn.compress(tj.handle, raw, width, stride, height, gray ? kGray : kRgb, &buffer, &size, gray ? kSubsampleGray : kSubsample420, quality, 0) != 0) {
    if (buffer) fn.free(buffer);
    tj.fail();
  }
  std::vector<uint8_t> out(buffer, buffer + size);
  fn.free(buffer);
  // TurboJPEG writes the JFIF header without a density; the page would lose its real size.
  if (out.size() > 18 && std::memcmp(out.data() + 6, "JFIF", 5) == 0 && dpi > 0) {
    out[13] = 1;
    out[14] = out[16] = static_cast<uint8_t>(dpi >> 8);
    out[15] = out[17] = static_cast<uint8_t>(dpi & 0xff);
  }
  return out;
}

JpegHeader TurboJpeg::header(const uint8_t* jpeg, size_t size) {
  if (!error_.empty()) throw std::runtime_error(error_);
  Scoped tj(fn.initDecompress());
  JpegHeader h;
  if (fn.header(tj.handle, jpeg, static_cast<unsigned long>(size), &h.width, &h.height, &h.subsampling, &h.colourSpace) != 0) tj.fail();
  if (static_cast<int64_t>(h.width) * h.height > kMaxPixels) throw std::runtime_error("picture is too large");
  return h;
}

void TurboJpeg::decode(const uint8_t* jpeg, size_t size, int eighths, int channels, std::vector<uint8_t>& out, int& width, int& height) {
  const JpegHeader h = header(jpeg, size);
  Scoped tj(fn.initDecompress());
  width = (h.width * eighths + 7) / 8;
  height = (h.height * eighths + 7) / 8;
  out.resize(static_cast<size_t>(width) * height * channels);
  if (fn.decompress(tj.handle, jpeg, static_cast<unsigned long>(size), out.data(), width, width * channels, height, channels == 1 ? kGray : kRgb, 0) != 0) tj.fail();
}

}  // namespace quay
