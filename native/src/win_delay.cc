// The addon imports N-API from "node.exe", but Electron's executable has another name: when the import is resolved, the
// program that runs is taken instead (the hook of delay-loaded imports, delayimp.h).
#include <windows.h>
#include <delayimp.h>

#include <cstring>

static FARPROC WINAPI hook(unsigned event, DelayLoadInfo* info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

extern "C" {
// Declared by delayimp.h, defined by whoever wants to be asked.
PfnDliHook __pfnDliNotifyHook2 = hook;
}
