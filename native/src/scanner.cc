// The exports of a scanner library: see scanner.h. Nothing here knows SANE or WIA.
#include "scanner.h"

namespace quay {
namespace {

Napi::Value toJs(Napi::Env env, const std::vector<DeviceInfo>& found) {
  return listOf(env, found, [env](const DeviceInfo& device) -> Napi::Value {
    auto o = Napi::Object::New(env);
    o.Set("name", device.name);
    o.Set("vendor", device.vendor);
    o.Set("model", device.model);
    o.Set("type", device.type);
    return o;
  });
}

Napi::Value toJs(Napi::Env env, const Option& o) {
  auto js = Napi::Object::New(env);
  js.Set("name", o.name);
  js.Set("title", o.title);
  js.Set("type", o.type);
  js.Set("unit", o.unit);
  js.Set("active", o.active);
  js.Set("settable", o.settable);
  if (o.hasRange) {
    auto range = Napi::Object::New(env);
    range.Set("min", o.min);
    range.Set("max", o.max);
    range.Set("quant", o.quant);
    js.Set("range", range);
  }
  if (!o.numbers.empty()) js.Set("numbers", listOf(env, o.numbers, [env](double n) -> Napi::Value { return Napi::Number::New(env, n); }));
  if (!o.words.empty()) js.Set("words", listOf(env, o.words, [env](const std::string& s) -> Napi::Value { return Napi::String::New(env, s); }));
  if (o.hasValue) {
    if (o.type == "string") js.Set("value", o.text);
    else if (o.type == "bool") js.Set("value", o.value != 0);
    else js.Set("value", o.value);
  }
  return js;
}

Setting settingFrom(const Napi::CallbackInfo& info) {
  Setting setting;
  setting.name = textArgument(info, 0);
  if (info.Length() > 1 && info[1].IsString()) {
    setting.isText = true;
    setting.text = textArgument(info, 1);
  } else if (info.Length() > 1 && info[1].IsBoolean()) {
    setting.value = info[1].As<Napi::Boolean>().Value() ? 1 : 0;
  } else if (info.Length() > 1) {
    setting.value = info[1].ToNumber().DoubleValue();
  }
  return setting;
}

}  // namespace

Napi::Object scannerExports(Napi::Env env, const ScannerDriver& driver) {
  auto exports = Napi::Object::New(env);
  auto add = [&](const char* name, auto function) { exports.Set(name, Napi::Function::New(env, function, name)); };
  add("devices", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [driver] {
      return Answer([found = driver.devices()](Napi::Env env) { return toJs(env, found); });
    });
  });
  add("open", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string name = textArgument(info, 0);
    return Worker::get().run(info.Env(), [driver, name] {
      driver.open(name);
      return nothing();
    });
  });
  add("options", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [driver] {
      return Answer([all = driver.options()](Napi::Env env) -> Napi::Value {
        return listOf(env, all, [env](const Option& option) { return toJs(env, option); });
      });
    });
  });
  add("set", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [driver, setting = settingFrom(info)] {
      driver.set(setting);
      return nothing();
    });
  });
  add("page", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string file = textArgument(info, 0);
    const int quality = numberArgument(info, 1, 1, 100), dpi = numberArgument(info, 2, 1, 9600);
    return Worker::get().run(info.Env(), [driver, file, quality, dpi] {
      return Answer([page = driver.page(file, quality, dpi)](Napi::Env env) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("width", page.width);
        o.Set("height", page.height);
        o.Set("bytes", static_cast<double>(page.bytes));
        return o;
      });
    });
  });
  // Only raises the flag; the worker cancels between two reads. Nothing else may touch the library from here.
  add("cancel", [](const Napi::CallbackInfo&) { cancelWanted = true; });
  add("end", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [driver] {
      driver.end();
      cancelWanted = false;
      return nothing();
    });
  });
  add("close", [driver](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [driver] {
      driver.close();
      return nothing();
    });
  });
  return exports;
}

}  // namespace quay
