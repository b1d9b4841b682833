// Scanners of Windows: WIA 2.0, and 1.0 where only that answers. It offers what `sane.cc` offers, in the same words (options,
// statuses, errors), so that one driver in TypeScript serves both. Everything happens on the worker thread, which is the
// one COM apartment. Never run on a real scanner yet: see native/README.md.
#include "wia_interfaces.h"

#include <oleauto.h>
#include <shlwapi.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

#include "turbojpeg.h"
#include "worker.h"

namespace quay {
namespace {

template <typename T>
class Com {
 public:
  Com() = default;
  Com(const Com& other) : p_(other.p_) { if (p_) p_->AddRef(); }
  Com& operator=(Com other) { std::swap(p_, other.p_); return *this; }
  ~Com() { if (p_) p_->Release(); }
  T** out() { return &p_; }
  void** any() { return reinterpret_cast<void**>(&p_); }
  T* operator->() const { return p_; }
  T* get() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }

 private:
  T* p_ = nullptr;
};

std::wstring wide(const std::string& text) {
  const int n = MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
  std::wstring out(static_cast<size_t>(n), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), out.data(), n);
  return out;
}
std::string narrow(const wchar_t* text) {
  if (!text) return "";
  const int n = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<size_t>(n > 0 ? n - 1 : 0), '\0');
  if (n > 1) WideCharToMultiByte(CP_UTF8, 0, text, -1, out.data(), n, nullptr, nullptr);
  return out;
}
struct Bstr {
  BSTR value;
  explicit Bstr(const std::string& text) : value(SysAllocString(wide(text).c_str())) {}
  ~Bstr() { SysFreeString(value); }
};

std::string hex(HRESULT hr) {
  char text[16];
  std::snprintf(text, sizeof text, "%08lx", static_cast<unsigned long>(hr));
  return text;
}

// WIA's errors (wiadef.h) as the statuses of SANE, which TypeScript knows.
[[noreturn]] void fail(HRESULT hr, const char* where) {
  int status = 9;  // input/output: what a pulled cable looks like
  switch (static_cast<unsigned long>(hr)) {
    case 0x80210002: case 0x80210004: case 0x80210020: status = 6; break;  // jam, paper problem, multiple feed
    case 0x80210003: status = 7; break;                                    // feeder empty
    case 0x80210006: case 0x80210007: status = 3; break;                   // busy, warming up
    case 0x80210016: status = 8; break;                                    // cover
    case 0x8021000D: case 0x80070005: status = 11; break;                  // locked, access denied
    case 0x8021000B: case 0x8021000C: case 0x80070057: case 0x80070032: status = 4; break;  // settings
    case 0x8007000E: status = 10; break;                                   // memory
    case 0x8021000E: case 0x8021000F: status = 5; break;                   // the driver itself
    case 0x80070490: case 0x80210015: status = 9; break;                   // not there
  }
  throw std::runtime_error("SANE " + std::to_string(status) + " " + where + " " + hex(hr));
}
void check(HRESULT hr, const char* where) {
  if (FAILED(hr)) fail(hr, where);
}

std::atomic<bool> cancelWanted{false};
std::atomic<uint64_t> moved{0};
std::atomic<bool> working{false};
struct Working {
  Working() { ++moved; working = true; }
  ~Working() { ++moved; working = false; }
};

// Owned by the worker thread, and never destroyed: a static destructor would call into COM while Windows takes the
// process down, and hang there.
Com<IWiaDevMgr2>& manager2 = *new Com<IWiaDevMgr2>();
Com<IWiaDevMgr>& manager1 = *new Com<IWiaDevMgr>();
HRESULT reached2 = S_OK, reached1 = S_OK;
bool started = false;

struct Open {
  Com<IWiaItem2> root2, flatbed2, feeder2;
  Com<IWiaItem> root1, item1;
  LONG handling = 0;
  std::string source = "Flatbed", mode = "Color";
  int dpi = 200;
  double width = 210, height = 297;
};
std::unique_ptr<Open>& device = *new std::unique_ptr<Open>();

void start() {
  if (started) return;
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  reached2 = CoCreateInstance(kClsidDevMgr2, nullptr, CLSCTX_LOCAL_SERVER, kIidDevMgr2, manager2.any());
  reached1 = manager2 ? S_OK : CoCreateInstance(kClsidDevMgr1, nullptr, CLSCTX_LOCAL_SERVER, kIidDevMgr1, manager1.any());
  started = true;
  if (!manager2 && !manager1) started = false;
}

class Properties {
 public:
  explicit Properties(IUnknown* item) {
    if (item) item->QueryInterface(kIidPropertyStorage, storage_.any());
  }
  explicit operator bool() const { return static_cast<bool>(storage_); }
  bool number(PROPID id, LONG& value) const {
    PROPSPEC spec = of(id);
    PROPVARIANT v;
    PropVariantInit(&v);
    const bool ok = storage_ && storage_->ReadMultiple(1, &spec, &v) == S_OK && (v.vt == VT_I4 || v.vt == VT_UI4);
    if (ok) value = v.lVal;
    PropVariantClear(&v);
    return ok;
  }
  std::string text(PROPID id) const {
    PROPSPEC spec = of(id);
    PROPVARIANT v;
    PropVariantInit(&v);
    std::string out;
    if (storage_ && storage_->ReadMultiple(1, &spec, &v) == S_OK && v.vt == VT_BSTR) out = narrow(v.bstrVal);
    PropVariantClear(&v);
    return out;
  }
  HRESULT set(PROPID id, LONG value) const {
    PROPSPEC spec = of(id);
    PROPVARIANT v;
    PropVariantInit(&v);
    v.vt = VT_I4;
    v.lVal = value;
    return storage_ ? storage_->WriteMultiple(1, &spec, &v, 2) : E_NOINTERFACE;
  }
  HRESULT set(PROPID id, const GUID& value) const {
    PROPSPEC spec = of(id);
    PROPVARIANT v;
    PropVariantInit(&v);
    v.vt = VT_CLSID;
    GUID copy = value;
    v.puuid = &copy;
    return storage_ ? storage_->WriteMultiple(1, &spec, &v, 2) : E_NOINTERFACE;
  }
  // Allowed values: a list, or the ends of a range.
  void allowed(PROPID id, std::vector<double>& list, double& low, double& high) const {
    PROPSPEC spec = of(id);
    ULONG flags = 0;
    PROPVARIANT v;
    PropVariantInit(&v);
    if (!storage_ || storage_->GetPropertyAttributes(1, &spec, &flags, &v) != S_OK) return;
    if (v.vt == (VT_VECTOR | VT_I4) || v.vt == (VT_VECTOR | VT_UI4)) {
      const LONG* e = v.cal.pElems;
      if ((flags & 0x10) != 0 && v.cal.cElems >= 4) {  // WIA_PROP_RANGE: min, nominal, max, step
        low = e[0];
        high = e[2];
      } else if ((flags & 0x20) != 0) {  // WIA_PROP_LIST: count, nominal, values
        for (ULONG i = 2; i < v.cal.cElems; ++i) list.push_back(e[i]);
      }
    }
    PropVariantClear(&v);
  }

 private:
  static PROPSPEC of(PROPID id) {
    PROPSPEC spec;
    spec.ulKind = PRSPEC_PROPID;
    spec.propid = id;
    return spec;
  }
  Com<IWiaPropertyStorage> storage_;
};

struct Found {
  std::string name, vendor, model;
};

std::vector<Found> list() {
  start();
  Com<IEnumWIA_DEV_INFO> all;
  HRESULT hr = E_FAIL;
  if (manager2) hr = manager2->EnumDeviceInfo(0x10 /* WIA_DEVINFO_ENUM_LOCAL */, all.out());
  else if (manager1) hr = manager1->EnumDeviceInfo(0, all.out());
  else throw std::runtime_error("Windows Image Acquisition is not installed (" + hex(reached2) + ", " + hex(reached1) + ")");
  std::vector<Found> found;
  if (hr != S_OK || !all) return found;
  for (;;) {
    Com<IWiaPropertyStorage> info;
    ULONG got = 0;
    if (all->Next(1, info.out(), &got) != S_OK || got == 0) break;
    const Properties p(info.get());
    LONG type = 0;
    p.number(kDeviceType, type);
    // The upper half is the class (scanner 1, camera 2, video 3), the lower the maker's own.
    if (((static_cast<ULONG>(type) >> 16) & 0xffff) != kTypeScanner) continue;
    found.push_back({p.text(kDeviceId), p.text(kVendor), p.text(kDeviceName)});
  }
  return found;
}

Com<IWiaItem2> childOf(IWiaItem2* root, const GUID& category) {
  Com<IEnumWiaItem2> children;
  Com<IWiaItem2> child;
  if (root->EnumChildItems(&category, children.out()) == S_OK && children) {
    ULONG got = 0;
    children->Next(1, child.out(), &got);
  }
  return child;
}

void openDevice(const std::string& id) {
  start();
  device.reset();
  cancelWanted = false;
  auto next = std::make_unique<Open>();
  const Bstr name(id);
  if (manager2) {
    check(manager2->CreateDevice(0, name.value, next->root2.out()), "CreateDevice");
    next->flatbed2 = childOf(next->root2.get(), kCategoryFlatbed);
    next->feeder2 = childOf(next->root2.get(), kCategoryFeeder);
  } else if (manager1) {
    check(manager1->CreateDevice(name.value, next->root1.out()), "CreateDevice");
    Com<IEnumWiaItem> children;
    check(next->root1->EnumChildItems(children.out()), "EnumChildItems");
    ULONG got = 0;
    check(children->Next(1, next->item1.out(), &got), "first item");
    Properties(next->root1.get()).number(kHandlingCapabilities, next->handling);
  } else {
    throw std::runtime_error("Windows Image Acquisition is not installed (" + hex(reached2) + ", " + hex(reached1) + ")");
  }
  device = std::move(next);
}

void needDevice() {
  if (!device) throw std::runtime_error("no scanner is open");
}
bool hasFeeder() { return device->feeder2 || (device->handling & kFeeder) != 0; }
bool hasFlatbed() { return device->flatbed2 || (device->item1 && ((device->handling & kFlatbed) != 0 || !hasFeeder())); }
IUnknown* itemFor(const std::string& source) {
  if (device->item1) return device->item1.get();
  return source == "ADF" ? static_cast<IUnknown*>(device->feeder2.get()) : device->flatbed2.get();
}

Napi::Object option(Napi::Env env, const char* name, const char* type, const char* unit) {
  auto o = Napi::Object::New(env);
  o.Set("name", name);
  o.Set("title", name);
  o.Set("type", type);
  o.Set("unit", unit);
  o.Set("active", true);
  o.Set("settable", true);
  return o;
}
template <typename T>
Napi::Array array(Napi::Env env, const std::vector<T>& values) {
  auto out = Napi::Array::New(env, values.size());
  for (size_t i = 0; i < values.size(); ++i) out.Set(static_cast<uint32_t>(i), values[i]);
  return out;
}
Napi::Object range(Napi::Env env, double min, double max) {
  auto r = Napi::Object::New(env);
  r.Set("min", min);
  r.Set("max", max);
  r.Set("quant", 0);
  return r;
}

Answer listOptions() {
  Working w;
  needDevice();
  std::vector<std::string> sources;
  if (hasFlatbed()) sources.push_back("Flatbed");
  if (hasFeeder()) sources.push_back("ADF");
  const Properties item(itemFor(hasFlatbed() ? "Flatbed" : "ADF"));
  std::vector<double> dpis;
  double low = 0, high = 0;
  item.allowed(kXRes, dpis, low, high);
  LONG width = 0, height = 0;  // thousandths of an inch
  if (!item.number(kMaxWidth, width)) Properties(device->root1.get()).number(kBedWidth, width);
  if (!item.number(kMaxHeight, height)) Properties(device->root1.get()).number(kBedHeight, height);
  return [=](Napi::Env env) -> Napi::Value {
    auto source = option(env, "source", "string", "none");
    source.Set("words", array(env, sources));
    auto mode = option(env, "mode", "string", "none");
    mode.Set("words", array(env, std::vector<std::string>{"Color", "Gray"}));
    auto resolution = option(env, "resolution", "int", "dpi");
    if (!dpis.empty()) resolution.Set("numbers", array(env, dpis));
    else resolution.Set("range", range(env, low, high));
    auto x = option(env, "br-x", "fixed", "mm");
    x.Set("range", range(env, 0, width > 0 ? width * 0.0254 : 210));
    auto y = option(env, "br-y", "fixed", "mm");
    y.Set("range", range(env, 0, height > 0 ? height * 0.0254 : 297));
    auto all = Napi::Array::New(env, 5);
    all.Set(0u, source);
    all.Set(1u, mode);
    all.Set(2u, resolution);
    all.Set(3u, x);
    all.Set(4u, y);
    return all;
  };
}

// Receives one page into one file.
class Receiver : public IWiaTransferCallback {
 public:
  explicit Receiver(std::wstring file) : file_(std::move(file)) {}
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void** out) override {
    if (iid == IID_IUnknown || IsEqualGUID(iid, kIidTransferCallback)) {
      *out = static_cast<IWiaTransferCallback*>(this);
      AddRef();
      return S_OK;
    }
    *out = nullptr;
    return E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return ++count_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT STDMETHODCALLTYPE TransferCallback(LONG, WiaTransferParams* params) override {
    ++moved;
    if (params && FAILED(params->error)) error = params->error;
    return cancelWanted ? S_FALSE : S_OK;  // S_FALSE asks the driver to stop
  }
  HRESULT STDMETHODCALLTYPE GetNextStream(LONG, BSTR, BSTR, IStream** stream) override {
    ++streams;
    return SHCreateStreamOnFileW(file_.c_str(), STGM_CREATE | STGM_READWRITE, stream);
  }
  HRESULT error = S_OK;
  int streams = 0;

 private:
  virtual ~Receiver() = default;
  std::atomic<ULONG> count_{1};
  std::wstring file_;
};

std::vector<uint8_t> readAll(const std::wstring& file) {
  FILE* in = _wfopen(file.c_str(), L"rb");
  std::vector<uint8_t> data;
  if (!in) return data;
  uint8_t chunk[65536];
  for (size_t n; (n = std::fread(chunk, 1, sizeof chunk, in)) > 0;) data.insert(data.end(), chunk, chunk + n);
  std::fclose(in);
  return data;
}

uint32_t le32(const std::vector<uint8_t>& d, size_t at) { return d[at] | d[at + 1] << 8 | d[at + 2] << 16 | static_cast<uint32_t>(d[at + 3]) << 24; }

struct Page {
  int width = 0, height = 0;
  size_t bytes = 0;
};

// A 24-bit or 8-bit grey BMP becomes a JPEG; a JPEG stays as the driver made it. Its rows are counted either way.
Page finish(const std::wstring& part, const std::wstring& file, int quality, int dpi) {
  std::vector<uint8_t> data = readAll(part);
  Page page;
  if (data.size() > 3 && data[0] == 0xff && data[1] == 0xd8) {
    if (data[data.size() - 2] != 0xff || data[data.size() - 1] != 0xd9) throw std::runtime_error("SHORT picture without an end");
    for (size_t at = 2; at + 9 < data.size() && data[at] == 0xff;) {
      const uint8_t marker = data[at + 1];
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        page.height = data[at + 5] << 8 | data[at + 6];
        page.width = data[at + 7] << 8 | data[at + 8];
        break;
      }
      at += 2 + (data[at + 2] << 8 | data[at + 3]);
    }
  } else {
    if (data.size() < 54 || data[0] != 'B' || data[1] != 'M') throw std::runtime_error("UNSUPPORTED picture format");
    const uint32_t offset = le32(data, 10);
    const int width = static_cast<int>(le32(data, 18)), signedHeight = static_cast<int>(le32(data, 22));
    const int bits = data[28] | data[29] << 8, height = signedHeight < 0 ? -signedHeight : signedHeight;
    if ((bits != 24 && bits != 8) || width <= 0 || height <= 0 || width > 65500 || height > 65500) throw std::runtime_error("UNSUPPORTED bitmap");
    const size_t channels = bits / 8, line = (width * channels + 3) / 4 * 4;
    if (data.size() < offset + line * height) throw std::runtime_error("SHORT " + std::to_string(data.size()) + " of " + std::to_string(offset + line * height));
    std::vector<uint8_t> raw(static_cast<size_t>(width) * height * channels);
    for (int y = 0; y < height; ++y) {
      const uint8_t* from = data.data() + offset + line * (signedHeight < 0 ? y : height - 1 - y);
      uint8_t* to = raw.data() + static_cast<size_t>(y) * width * channels;
      for (int x = 0; x < width; ++x) {
        if (channels == 1) to[x] = from[x];
        else for (int c = 0; c < 3; ++c) to[3 * x + c] = from[3 * x + 2 - c];
      }
    }
    data = TurboJpeg::get().encode(raw.data(), width, height, static_cast<int>(width * channels), static_cast<int>(channels), quality, dpi);
    FILE* out = _wfopen(part.c_str(), L"wb");
    const bool ok = out && std::fwrite(data.data(), 1, data.size(), out) == data.size() && std::fclose(out) == 0;
    if (!ok) throw std::runtime_error("ERRNO 5 write");
    page.width = width;
    page.height = height;
  }
  page.bytes = data.size();
  if (!MoveFileExW(part.c_str(), file.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) throw std::runtime_error("ERRNO 5 rename");
  return page;
}

Answer scanPage(const std::string& file, int quality, int dpi) {
  Working w;
  needDevice();
  if (cancelWanted) throw std::runtime_error("CANCELLED");
  IUnknown* item = itemFor(device->source);
  if (!item) fail(E_INVALIDARG, "no such source");
  const Properties p(item);
  if (device->root1) check(Properties(device->root1.get()).set(kHandlingSelect, device->source == "ADF" ? kFeeder : kFlatbed), "source");
  if (device->source == "ADF") {
    if (device->root1) Properties(device->root1.get()).set(kPages1, 1);
    else p.set(kPages1, 1);
  }
  check(p.set(kDataType, device->mode == "Color" ? kColour : kGrayscale), "data type");
  check(p.set(kXRes, device->dpi), "resolution");
  check(p.set(kYRes, device->dpi), "resolution");
  // The area follows the resolution; drivers that fix it refuse, and scan their own.
  p.set(kXPos, 0);
  p.set(kYPos, 0);
  p.set(kXExtent, static_cast<LONG>(device->width / 25.4 * device->dpi));
  p.set(kYExtent, static_cast<LONG>(device->height / 25.4 * device->dpi));
  if (FAILED(p.set(kFormat, kFormatJpeg))) check(p.set(kFormat, kFormatBmp), "format");
  p.set(kTymed, kTymedFile);
  const std::wstring target = wide(file), part = target + L".part";
  HRESULT hr = S_OK;
  if (device->item1) {
    Com<IWiaDataTransfer> transfer;
    check(item->QueryInterface(kIidDataTransfer, transfer.any()), "IWiaDataTransfer");
    STGMEDIUM medium{};
    medium.tymed = TYMED_FILE;
    medium.lpszFileName = const_cast<wchar_t*>(part.c_str());
    hr = transfer->idtGetData(&medium, nullptr);
  } else {
    Com<IWiaTransfer> transfer;
    check(item->QueryInterface(kIidTransfer, transfer.any()), "IWiaTransfer");
    auto* receiver = new Receiver(part);
    hr = transfer->Download(0, receiver);
    if (SUCCEEDED(hr) && FAILED(receiver->error)) hr = receiver->error;
    if (hr == S_OK && receiver->streams == 0) hr = static_cast<HRESULT>(0x80210003);
    receiver->Release();
  }
  if (cancelWanted || hr == S_FALSE) {
    DeleteFileW(part.c_str());
    throw std::runtime_error("CANCELLED");
  }
  if (FAILED(hr)) {
    DeleteFileW(part.c_str());
    fail(hr, "transfer");
  }
  Page page;
  try {
    page = finish(part, target, quality, dpi);
  } catch (...) {
    DeleteFileW(part.c_str());
    throw;
  }
  return [page](Napi::Env env) -> Napi::Value {
    auto o = Napi::Object::New(env);
    o.Set("width", page.width);
    o.Set("height", page.height);
    o.Set("bytes", static_cast<double>(page.bytes));
    return o;
  };
}

std::string textArgument(const Napi::CallbackInfo& info, size_t index) {
  if (info.Length() <= index || !info[index].IsString()) throw Napi::TypeError::New(info.Env(), "expected a string");
  return info[index].As<Napi::String>().Utf8Value();
}
Answer nothing() {
  return [](Napi::Env env) -> Napi::Value { return env.Undefined(); };
}

}  // namespace

Napi::Object wiaExports(Napi::Env env) {
  auto exports = Napi::Object::New(env);
  auto add = [&](const char* name, auto function) { exports.Set(name, Napi::Function::New(env, function, name)); };
  // Which interface answers, for the doctor and the lab: { version, steps: { devMgr2, devMgr1 } }.
  add("probe", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [] {
      Working w;
      start();
      const int version = manager2 ? 2 : manager1 ? 1 : 0;
      const std::string two = hex(reached2), one = hex(reached1);
      return Answer([=](Napi::Env env) -> Napi::Value {
        auto steps = Napi::Object::New(env);
        steps.Set("devMgr2", two);
        steps.Set("devMgr1", one);
        auto o = Napi::Object::New(env);
        o.Set("version", version);
        o.Set("steps", steps);
        return o;
      });
    });
  });
  add("devices", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [] {
      Working w;
      const auto found = list();
      return Answer([found](Napi::Env env) -> Napi::Value {
        auto all = Napi::Array::New(env, found.size());
        for (size_t i = 0; i < found.size(); ++i) {
          auto o = Napi::Object::New(env);
          o.Set("name", found[i].name);
          o.Set("vendor", found[i].vendor);
          o.Set("model", found[i].model);
          o.Set("type", "scanner");
          all.Set(static_cast<uint32_t>(i), o);
        }
        return all;
      });
    });
  });
  add("open", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string id = textArgument(info, 0);
    return Worker::get().run(info.Env(), [id] {
      Working w;
      openDevice(id);
      return nothing();
    });
  });
  add("options", [](const Napi::CallbackInfo& info) -> Napi::Value { return Worker::get().run(info.Env(), listOptions); });
  add("set", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string name = textArgument(info, 0);
    const std::string text = info.Length() > 1 && info[1].IsString() ? info[1].As<Napi::String>().Utf8Value() : "";
    const double number = info.Length() > 1 && info[1].IsNumber() ? info[1].As<Napi::Number>().DoubleValue() : 0;
    return Worker::get().run(info.Env(), [name, text, number] {
      needDevice();
      if (name == "source") device->source = text;
      else if (name == "mode") device->mode = text;
      else if (name == "resolution") device->dpi = static_cast<int>(number);
      else if (name == "br-x") device->width = number;
      else if (name == "br-y") device->height = number;
      else throw std::runtime_error("the scanner has no option " + name);
      return nothing();
    });
  });
  add("page", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string file = textArgument(info, 0);
    const int quality = info[1].ToNumber().Int32Value(), dpi = info[2].ToNumber().Int32Value();
    return Worker::get().run(info.Env(), [file, quality, dpi] { return scanPage(file, quality, dpi); });
  });
  add("cancel", [](const Napi::CallbackInfo&) { cancelWanted = true; });
  add("end", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [] {
      cancelWanted = false;
      return nothing();
    });
  });
  add("close", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [] {
      device.reset();
      return nothing();
    });
  });
  add("pulse", [](const Napi::CallbackInfo& info) -> Napi::Value { return Napi::Number::New(info.Env(), working ? static_cast<double>(moved.load()) : -1.0); });
  return exports;
}

}  // namespace quay
