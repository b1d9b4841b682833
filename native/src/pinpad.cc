// C_Login with a NULL PIN, which tells a token with a pin pad of its own to ask there (PKCS#11 3.0, 5.6.8). pkcs11js cannot pass
// NULL, only a string of length 0, and some modules take that for an empty PIN: a wrong one. The module is loaded already in
// this process, so that opening it again gives the same library and its session handles hold.
#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include <cstring>
#include <stdexcept>
#include <string>

#include "worker.h"

// The layout that every module follows: on Windows packed to one byte, elsewhere as the compiler aligns.
#ifdef _WIN32
#pragma pack(push, 1)
#define QUAY_CK_SPEC __cdecl
#else
#define QUAY_CK_SPEC
#endif

namespace quay {
namespace {

using Ulong = unsigned long;
using LoginCall = Ulong(QUAY_CK_SPEC*)(Ulong session, Ulong user, unsigned char* pin, Ulong length);

struct FunctionList {
  unsigned char major, minor;
  // C_Initialize to C_SetOperationState: eighteen functions stand in front of C_Login in every version of the list.
  void* before[18];
  LoginCall login;
};

#ifdef _WIN32
#pragma pack(pop)
#endif

using GetFunctionList = Ulong(QUAY_CK_SPEC*)(FunctionList**);

GetFunctionList entryOf(const std::string& utf8) {
#ifdef _WIN32
  const int length = MultiByteToWideChar(CP_UTF8, 0, utf8.c_str(), -1, nullptr, 0);
  std::wstring wide(static_cast<size_t>(length > 0 ? length : 1), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, utf8.c_str(), -1, wide.data(), length);
  const HMODULE library = LoadLibraryW(wide.c_str());
  return library ? reinterpret_cast<GetFunctionList>(reinterpret_cast<void*>(GetProcAddress(library, "C_GetFunctionList"))) : nullptr;
#else
  void* library = dlopen(utf8.c_str(), RTLD_LAZY);
  return library ? reinterpret_cast<GetFunctionList>(dlsym(library, "C_GetFunctionList")) : nullptr;
#endif
}

// loginOnPad(module, session, user): the CK_RV. `session` is the handle as pkcs11js keeps it: the bytes of a CK_ULONG.
Napi::Value loginOnPad(const Napi::CallbackInfo& info) {
  if (info.Length() < 3 || !info[0].IsString() || !info[1].IsTypedArray() || !info[2].IsNumber())
    throw Napi::TypeError::New(info.Env(), "loginOnPad needs module, session and user");
  const auto bytes = info[1].As<Napi::Uint8Array>();
  Ulong session = 0;
  if (bytes.ByteLength() > sizeof session) throw Napi::TypeError::New(info.Env(), "a session handle is one CK_ULONG");
  std::memcpy(&session, bytes.Data(), bytes.ByteLength());
  FunctionList* list = nullptr;
  const GetFunctionList entry = entryOf(info[0].As<Napi::String>().Utf8Value());
  if (!entry || entry(&list) != 0 || !list) throw Napi::Error::New(info.Env(), "the module has no function list");
  return Napi::Number::New(info.Env(), static_cast<double>(list->login(session, info[2].As<Napi::Number>().Uint32Value(), nullptr, 0)));
}

}  // namespace

Napi::Object pinpadExports(Napi::Env env) {
  auto pinpad = Napi::Object::New(env);
  pinpad.Set("loginOnPad", Napi::Function::New(env, loginOnPad));
  return pinpad;
}

}  // namespace quay
