// Exports of the addon: `jpeg`, `pulse` and `pinpad` everywhere, `sane` on Linux, `wia` and `spooler` on Windows. All buffers are copied: Electron forbids
// external ones.
#include <stdexcept>

#include "turbojpeg.h"
#include "worker.h"

namespace quay {
Napi::Object pinpadExports(Napi::Env env);
#ifdef __linux__
Napi::Object saneExports(Napi::Env env);
#endif
#ifdef _WIN32
Napi::Object wiaExports(Napi::Env env);
Napi::Object spoolerExports(Napi::Env env);
#endif

namespace {

template <typename F>
Napi::Value guarded(Napi::Env env, F work) {
  try {
    return work();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& e) {
    throw Napi::Error::New(env, e.what());
  }
}

// problem(): string | null
Napi::Value problem(const Napi::CallbackInfo& info) {
  const std::string& error = TurboJpeg::get().error();
  return error.empty() ? info.Env().Null() : Napi::Value(Napi::String::New(info.Env(), error));
}

// encode(raw, width, height, channels, quality, dpi): Buffer
Napi::Value encode(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto raw = bytesArgument(info, 0);
    const int width = numberArgument(info, 1, 1, 65500), height = numberArgument(info, 2, 1, 65500), channels = numberArgument(info, 3, 1, 3);
    if (channels == 2 || raw.ByteLength() < static_cast<size_t>(width) * height * channels) throw std::runtime_error("too few bytes for this size");
    const auto out = TurboJpeg::get().encode(raw.Data(), width, height, width * channels, channels, numberArgument(info, 4, 1, 100), numberArgument(info, 5, 1, 4800));
    return Napi::Buffer<uint8_t>::Copy(info.Env(), out.data(), out.size());
  });
}

// decode(jpeg, eighths, channels): { width, height, data }
Napi::Value decode(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto jpeg = bytesArgument(info, 0);
    const int eighths = numberArgument(info, 1, 1, 8), channels = numberArgument(info, 2, 1, 3);
    if (channels == 2) throw std::runtime_error("channels are 1 or 3");
    std::vector<uint8_t> pixels;
    int width = 0, height = 0;
    TurboJpeg::get().decode(jpeg.Data(), jpeg.ByteLength(), eighths, channels, pixels, width, height);
    auto result = Napi::Object::New(info.Env());
    result.Set("width", width);
    result.Set("height", height);
    result.Set("data", Napi::Buffer<uint8_t>::Copy(info.Env(), pixels.data(), pixels.size()));
    return result;
  });
}

// pulse(): a number that grows while a driver does anything, and -1 while none has anything to do.
Napi::Value pulse(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), working ? static_cast<double>(moved.load()) : -1.0); }

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto jpeg = Napi::Object::New(env);
  jpeg.Set("problem", Napi::Function::New(env, problem));
  jpeg.Set("encode", Napi::Function::New(env, encode));
  jpeg.Set("decode", Napi::Function::New(env, decode));
  exports.Set("jpeg", jpeg);
  exports.Set("pinpad", pinpadExports(env));
  exports.Set("pulse", Napi::Function::New(env, pulse));
#ifdef __linux__
  exports.Set("sane", saneExports(env));
#endif
#ifdef _WIN32
  exports.Set("wia", wiaExports(env));
  exports.Set("spooler", spoolerExports(env));
#endif
  return exports;
}

}  // namespace
}  // namespace quay

Napi::Object Init(Napi::Env env, Napi::Object exports) { return quay::init(env, exports); }
NODE_API_MODULE(quay_native, Init)
