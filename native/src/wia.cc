// Scanners of Windows: WIA 2.0, and 1.0 where only that answers. It offers what `sane.cc` offers, in the same words (options,
// statuses, errors), so that one driver in TypeScript serves both. Everything happens on the worker thread, which is the
// one COM apartment. Never run on a real scanner yet: see native/README.md.
#include "wia_support.h"

#include <memory>
#include <stdexcept>
#include <vector>

namespace quay {
namespace {

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

std::vector<DeviceInfo> list() {
  start();
  Com<IEnumWIA_DEV_INFO> all;
  HRESULT hr = E_FAIL;
  if (manager2) hr = manager2->EnumDeviceInfo(0x10 /* WIA_DEVINFO_ENUM_LOCAL */, all.out());
  else if (manager1) hr = manager1->EnumDeviceInfo(0, all.out());
  else throw std::runtime_error("Windows Image Acquisition is not installed (" + hex(reached2) + ", " + hex(reached1) + ")");
  std::vector<DeviceInfo> found;
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
    found.push_back({p.text(kDeviceId), p.text(kVendor), p.text(kDeviceName), "scanner"});
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

Option option(const char* name, const char* type, const char* unit) {
  Option o;
  o.name = o.title = name;
  o.type = type;
  o.unit = unit;
  return o;
}
Option ranged(Option o, double min, double max) {
  o.hasRange = true;
  o.min = min;
  o.max = max;
  return o;
}

std::vector<Option> listOptions() {
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
  Option source = option("source", "string", "none"), mode = option("mode", "string", "none"), resolution = option("resolution", "int", "dpi");
  source.words = sources;
  mode.words = {"Color", "Gray"};
  if (!dpis.empty()) resolution.numbers = dpis;
  else resolution = ranged(resolution, low, high);
  return {source, mode, resolution, ranged(option("br-x", "fixed", "mm"), 0, width > 0 ? width * 0.0254 : 210),
          ranged(option("br-y", "fixed", "mm"), 0, height > 0 ? height * 0.0254 : 297)};
}

void applySetting(const Setting& setting) {
  needDevice();
  if (setting.name == "source") device->source = setting.text;
  else if (setting.name == "mode") device->mode = setting.text;
  else if (setting.name == "resolution") device->dpi = static_cast<int>(setting.value);
  else if (setting.name == "br-x") device->width = setting.value;
  else if (setting.name == "br-y") device->height = setting.value;
  else throw std::runtime_error("the scanner has no option " + setting.name);
}

PageResult scanPage(const std::string& file, int quality, int dpi) {
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
  try {
    return finish(part, target, quality, dpi);
  } catch (...) {
    DeleteFileW(part.c_str());
    throw;
  }
}

void endStack() {}
void closeDevice() { device.reset(); }

}  // namespace

Napi::Object wiaExports(Napi::Env env) {
  auto exports = scannerExports(env, {list, openDevice, listOptions, applySetting, scanPage, endStack, closeDevice});
  // Which interface answers, for the doctor and the lab: { version, steps: { devMgr2, devMgr1 } }.
  auto probe = [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [] {
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
  };
  exports.Set("probe", Napi::Function::New(env, probe, "probe"));
  return exports;
}

}  // namespace quay
