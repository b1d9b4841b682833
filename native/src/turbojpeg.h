// JPEG by libjpeg-turbo, found at run time: the addon loads without it and says so. The declarations below are those of
// the stable TurboJPEG 2 interface (libturbojpeg.so.0), so that no development package is needed to build.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace quay {

struct JpegHeader {
  int width = 0, height = 0, subsampling = 0, colourSpace = 0;
};

class TurboJpeg {
 public:
  // The library, loaded once per process; `error()` is empty when it is usable.
  static TurboJpeg& get();
  const std::string& error() const { return error_; }

  // channels: 1 grey, 3 RGB; rows are `stride` bytes apart. dpi goes into the JFIF header.
  // Throws std::runtime_error with libjpeg-turbo's own words.
  std::vector<uint8_t> encode(const uint8_t* raw, int width, int height, int stride, int channels, int quality, int dpi);
  JpegHeader header(const uint8_t* jpeg, size_t size);
  // Decodes at eighths/8 of the size (1 to 8), which libjpeg-turbo does inside the transform; `out` gets width*height*channels bytes.
  void decode(const uint8_t* jpeg, size_t size, int eighths, int channels, std::vector<uint8_t>& out, int& width, int& height);

 private:
  TurboJpeg();
  void* symbol(const char* name);
  std::string error_;
  void* library_ = nullptr;
};

}  // namespace quay
