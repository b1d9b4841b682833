// Windows Image Acquisition 2.0 as far as it is used here. mingw-w64 carries 1.0 only (wia.h), so the interfaces of
// Windows' own wia_lh.h are declared from their published order and identifiers.
#pragma once
#include <windows.h>
#include <wia.h>

namespace quay {

struct WiaTransferParams {
  LONG message;
  LONG percent;
  ULONG64 bytes;
  HRESULT error;
};

struct IWiaItem2;

struct IEnumWiaItem2 : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Next(ULONG count, IWiaItem2** items, ULONG* fetched) = 0;
  virtual HRESULT STDMETHODCALLTYPE Skip(ULONG count) = 0;
  virtual HRESULT STDMETHODCALLTYPE Reset() = 0;
};

struct IWiaItem2 : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE CreateChildItem(LONG, LONG, BSTR, IWiaItem2**) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteItem(LONG) = 0;
  virtual HRESULT STDMETHODCALLTYPE EnumChildItems(const GUID* category, IEnumWiaItem2** items) = 0;
  virtual HRESULT STDMETHODCALLTYPE FindItemByName(LONG, BSTR, IWiaItem2**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetItemCategory(GUID* category) = 0;
};

struct IWiaTransferCallback : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE TransferCallback(LONG flags, WiaTransferParams* params) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNextStream(LONG flags, BSTR item, BSTR fullItem, IStream** stream) = 0;
};

struct IWiaTransfer : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Download(LONG flags, IWiaTransferCallback* callback) = 0;
  virtual HRESULT STDMETHODCALLTYPE Upload(LONG, IStream*, IWiaTransferCallback*) = 0;
  virtual HRESULT STDMETHODCALLTYPE Cancel() = 0;
};

struct IWiaDevMgr2 : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE EnumDeviceInfo(LONG flags, IEnumWIA_DEV_INFO** devices) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateDevice(LONG flags, BSTR id, IWiaItem2** root) = 0;
};

// Named with k: mingw's wia.h already declares the 1.0 identifiers.
constexpr GUID kClsidDevMgr2 = {0xB6C292BC, 0x7C88, 0x41EE, {0x8B, 0x54, 0x8E, 0xC9, 0x26, 0x17, 0xE5, 0x99}};
constexpr GUID kIidDevMgr2 = {0x79C07CF1, 0xCBDD, 0x41EE, {0x8E, 0xC3, 0xF0, 0x00, 0x80, 0xCA, 0xDA, 0x7A}};
constexpr GUID kIidTransfer = {0xC39D6942, 0x2F4E, 0x4D04, {0x92, 0xFE, 0x4E, 0xF4, 0xD3, 0xA1, 0xDE, 0x5A}};
constexpr GUID kIidTransferCallback = {0x27D4EAAF, 0x28A6, 0x4CA5, {0x9A, 0xAB, 0xE6, 0x78, 0x16, 0x8B, 0x95, 0x27}};
constexpr GUID kClsidDevMgr1 = {0xA1F4E726, 0x8CF1, 0x11D1, {0xBF, 0x92, 0x00, 0x60, 0x08, 0x1E, 0xD8, 0x11}};
constexpr GUID kIidDevMgr1 = {0x5EB2502A, 0x8CF1, 0x11D1, {0xBF, 0x92, 0x00, 0x60, 0x08, 0x1E, 0xD8, 0x11}};
constexpr GUID kIidPropertyStorage = {0x98B5E8A0, 0x29CC, 0x491A, {0xAA, 0xC0, 0xE6, 0xDB, 0x4F, 0xDC, 0xCE, 0xB6}};
constexpr GUID kIidDataTransfer = {0xA6CEF998, 0xA5B0, 0x11D2, {0xA0, 0x8F, 0x00, 0xC0, 0x4F, 0x72, 0xDC, 0x3C}};
constexpr GUID kCategoryFlatbed = {0xFB607B1F, 0x43F3, 0x488B, {0x85, 0x5B, 0xFB, 0x70, 0x3E, 0xC3, 0x42, 0xA6}};
constexpr GUID kCategoryFeeder = {0xFE131934, 0xF84C, 0x42AD, {0x8D, 0xA4, 0x61, 0x29, 0xCD, 0xDD, 0x72, 0x88}};
constexpr GUID kFormatBmp = {0xB96B3CAB, 0x0728, 0x11D3, {0x9D, 0x7B, 0x00, 0x00, 0xF8, 0x1E, 0xF3, 0x2E}};
constexpr GUID kFormatJpeg = {0xB96B3CAE, 0x0728, 0x11D3, {0x9D, 0x7B, 0x00, 0x00, 0xF8, 0x1E, 0xF3, 0x2E}};

enum : PROPID {
  kDeviceId = 2,
  kVendor = 3,
  kDeviceType = 5,
  kDeviceName = 7,
  kBedWidth = 3074,
  kBedHeight = 3075,
  kHandlingCapabilities = 3086,
  kHandlingSelect = 3088,
  kPages1 = 3096,
  kDataType = 4103,
  kFormat = 4106,
  kTymed = 4108,
  kXRes = 6147,
  kYRes = 6148,
  kXPos = 6149,
  kYPos = 6150,
  kXExtent = 6151,
  kYExtent = 6152,
  kMaxWidth = 6165,
  kMaxHeight = 6166,
};
constexpr LONG kColour = 3, kGrayscale = 2, kTymedFile = 2;
constexpr LONG kFeeder = 1, kFlatbed = 2;
constexpr LONG kTypeScanner = 1;

}  // namespace quay
