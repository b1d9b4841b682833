// What a scanner library is to JavaScript, whichever it is: options in SANE's words, a page into a file, errors with SANE's
// statuses. sane.cc and wia.cc fill the functions in; scanner.cc makes the one set of exports from them.
#pragma once
#include <string>
#include <vector>

#include "worker.h"

namespace quay {

struct DeviceInfo {
  std::string name, vendor, model, type;
};

struct Option {
  std::string name, title, type, unit, text;
  bool active = true, settable = true, hasRange = false, hasValue = false;
  double min = 0, max = 0, quant = 0, value = 0;
  std::vector<double> numbers;
  std::vector<std::string> words;
};

// A value for an option: a text, or a number (a switch is 0 or 1).
struct Setting {
  std::string name, text;
  double value = 0;
  bool isText = false;
};

struct PageResult {
  int width = 0, height = 0;
  size_t bytes = 0;
};

// Each runs on the worker thread and throws std::runtime_error.
struct ScannerDriver {
  std::vector<DeviceInfo> (*devices)();
  void (*open)(const std::string& name);
  std::vector<Option> (*options)();
  void (*set)(const Setting& setting);
  PageResult (*page)(const std::string& file, int quality, int dpi);
  void (*end)();
  void (*close)();
};

// Raised from the main thread; the worker obeys between two steps and lowers it in `open` and `end`.
inline std::atomic<bool> cancelWanted{false};

Napi::Object scannerExports(Napi::Env env, const ScannerDriver& driver);

}  // namespace quay
