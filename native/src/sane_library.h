// libsane, opened at run time. Everything here belongs to the worker thread.
#pragma once
#include <dlfcn.h>
#include <sane/sane.h>

#include <stdexcept>
#include <string>
#include <type_traits>

namespace quay {
namespace {

struct Library {
  decltype(&sane_init) init;
  decltype(&sane_exit) exit;
  decltype(&sane_get_devices) getDevices;
  decltype(&sane_open) open;
  decltype(&sane_close) close;
  decltype(&sane_get_option_descriptor) describe;
  decltype(&sane_control_option) control;
  decltype(&sane_get_parameters) parameters;
  decltype(&sane_start) start;
  decltype(&sane_read) read;
  decltype(&sane_cancel) cancel;
  decltype(&sane_strstatus) text;
} sane;

bool loaded = false;
SANE_Handle device = nullptr;
void load() {
  if (loaded) return;
  void* library = dlopen("libsane.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error("libsane is not installed (Debian package libsane1)");
  auto bind = [&](auto& target, const char* name) {
    target = reinterpret_cast<std::decay_t<decltype(target)>>(dlsym(library, name));
    if (!target) throw std::runtime_error(std::string("libsane lacks ") + name);
  };
  bind(sane.init, "sane_init");
  bind(sane.exit, "sane_exit");
  bind(sane.getDevices, "sane_get_devices");
  bind(sane.open, "sane_open");
  bind(sane.close, "sane_close");
  bind(sane.describe, "sane_get_option_descriptor");
  bind(sane.control, "sane_control_option");
  bind(sane.parameters, "sane_get_parameters");
  bind(sane.start, "sane_start");
  bind(sane.read, "sane_read");
  bind(sane.cancel, "sane_cancel");
  bind(sane.text, "sane_strstatus");
  SANE_Int version = 0;
  const SANE_Status status = sane.init(&version, nullptr);
  if (status != SANE_STATUS_GOOD) throw std::runtime_error(sane.text(status));
  loaded = true;
}

// Errors that carry a SANE status cross to JavaScript as "SANE <number> <text>".
[[noreturn]] void fail(SANE_Status status) { throw std::runtime_error("SANE " + std::to_string(status) + " " + sane.text(status)); }
void check(SANE_Status status) {
  if (status != SANE_STATUS_GOOD) fail(status);
}
void needDevice() {
  if (!device) throw std::runtime_error("no scanner is open");
}

}  // namespace
}  // namespace quay
