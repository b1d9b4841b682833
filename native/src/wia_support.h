// The tools of wia.cc: COM pointers, properties of an item, WIA's errors in SANE's words, and a page as it arrives.
#pragma once
#include "wia_interfaces.h"

#include <oleauto.h>
#include <shlwapi.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scanner.h"
#include "turbojpeg.h"
#include "wide.h"

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

// A 24-bit or 8-bit grey BMP becomes a JPEG; a JPEG stays as the driver made it. Its rows are counted either way.
PageResult finish(const std::wstring& part, const std::wstring& file, int quality, int dpi) {
  std::vector<uint8_t> data = readAll(part);
  PageResult page;
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

}  // namespace
}  // namespace quay
