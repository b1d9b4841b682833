// SANE (https://sane-project.gitlab.io/standard/) by dlopen of libsane.so.1: the addon loads on machines without it.
// Every sane_* call happens on the worker thread, cancel included: on some backends a cancel from another thread ends the
// page with an ordinary end of file, half of it missing.
#include "sane_library.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>
#include <unistd.h>

#include "scanner.h"
#include "turbojpeg.h"

namespace quay {
namespace {

std::vector<DeviceInfo> listDevices() {
  load();
  const SANE_Device** list = nullptr;
  check(sane.getDevices(&list, SANE_FALSE));
  std::vector<DeviceInfo> found;
  for (; list && *list; ++list) found.push_back({(*list)->name, (*list)->vendor, (*list)->model, (*list)->type});
  return found;
}

void closeDevice() {
  if (!device) return;
  sane.cancel(device);
  sane.close(device);
  device = nullptr;
}

double word(SANE_Value_Type type, SANE_Word w) { return type == SANE_TYPE_FIXED ? SANE_UNFIX(w) : static_cast<double>(w); }

std::vector<Option> readOptions() {
  needDevice();
  SANE_Int count = 0;
  check(sane.control(device, 0, SANE_ACTION_GET_VALUE, &count, nullptr));
  std::vector<Option> all;
  for (SANE_Int i = 1; i < count; ++i) {
    const SANE_Option_Descriptor* d = sane.describe(device, i);
    if (!d || !d->name || d->type == SANE_TYPE_GROUP) continue;
    Option o;
    o.name = d->name;
    o.title = d->title ? d->title : "";
    static const char* kTypes[] = {"bool", "int", "fixed", "string", "button", "group"};
    static const char* kUnits[] = {"none", "pixel", "bit", "mm", "dpi", "percent", "microsecond"};
    o.type = d->type <= SANE_TYPE_GROUP ? kTypes[d->type] : "group";
    o.unit = d->unit <= SANE_UNIT_MICROSECOND ? kUnits[d->unit] : "none";
    o.active = SANE_OPTION_IS_ACTIVE(d->cap);
    o.settable = SANE_OPTION_IS_SETTABLE(d->cap);
    if (d->constraint_type == SANE_CONSTRAINT_RANGE && d->constraint.range) {
      o.hasRange = true;
      o.min = word(d->type, d->constraint.range->min);
      o.max = word(d->type, d->constraint.range->max);
      o.quant = word(d->type, d->constraint.range->quant);
    } else if (d->constraint_type == SANE_CONSTRAINT_WORD_LIST && d->constraint.word_list) {
      for (SANE_Int n = 1; n <= d->constraint.word_list[0]; ++n) o.numbers.push_back(word(d->type, d->constraint.word_list[n]));
    } else if (d->constraint_type == SANE_CONSTRAINT_STRING_LIST && d->constraint.string_list) {
      for (const SANE_String_Const* s = d->constraint.string_list; *s; ++s) o.words.push_back(*s);
    }
    if (o.active && d->type != SANE_TYPE_BUTTON && d->size > 0 && d->size <= 1 << 20) {
      std::vector<char> buffer(static_cast<size_t>(d->size) + sizeof(SANE_Word));
      const bool single = d->type == SANE_TYPE_STRING || d->size == static_cast<SANE_Int>(sizeof(SANE_Word));
      if (single && sane.control(device, i, SANE_ACTION_GET_VALUE, buffer.data(), nullptr) == SANE_STATUS_GOOD) {
        o.hasValue = true;
        if (d->type == SANE_TYPE_STRING) {
          o.text.assign(buffer.data(), strnlen(buffer.data(), static_cast<size_t>(d->size)));
        } else {
          SANE_Word w = 0;
          std::memcpy(&w, buffer.data(), sizeof w);
          o.value = word(d->type, w);
        }
      }
    }
    all.push_back(std::move(o));
  }
  return all;
}

void applySetting(const Setting& setting) {
  needDevice();
  SANE_Int count = 0;
  check(sane.control(device, 0, SANE_ACTION_GET_VALUE, &count, nullptr));
  for (SANE_Int i = 1; i < count; ++i) {
    const SANE_Option_Descriptor* d = sane.describe(device, i);
    if (!d || !d->name || setting.name != d->name || d->type == SANE_TYPE_GROUP) continue;
    if (d->type == SANE_TYPE_STRING) {
      std::vector<char> buffer(std::max(static_cast<size_t>(d->size), setting.text.size() + 1));
      std::memcpy(buffer.data(), setting.text.data(), setting.text.size());
      check(sane.control(device, i, SANE_ACTION_SET_VALUE, buffer.data(), nullptr));
    } else {
      SANE_Word w = d->type == SANE_TYPE_FIXED ? SANE_FIX(setting.value) : static_cast<SANE_Word>(setting.value);
      check(sane.control(device, i, SANE_ACTION_SET_VALUE, &w, nullptr));
    }
    return;
  }
  throw std::runtime_error("the scanner has no option " + setting.name);
}

// After a cancel some backends (sane-airscan) only leave their scanning state in a read that ends: read until one does.
void cancelAndDrain() {
  sane.cancel(device);
  SANE_Byte rest[32768];
  SANE_Int got = 0;
  while (sane.read(device, rest, sizeof rest, &got) == SANE_STATUS_GOOD) ++moved;
}

// sane-airscan needs up to two seconds after a cancel until it starts again.
SANE_Status startPatiently() {
  SANE_Status status = SANE_STATUS_GOOD;
  for (int pause = 50; pause <= 1600; pause *= 2) {
    status = sane.start(device);
    if (status != SANE_STATUS_CANCELLED || cancelWanted) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    ++moved;
  }
  return status;
}

void writeFile(const std::string& file, const std::vector<uint8_t>& data) {
  const std::string part = file + ".part";
  FILE* out = std::fopen(part.c_str(), "wb");
  if (!out) throw std::runtime_error(std::string("ERRNO ") + std::to_string(errno) + " open");
  const bool ok = std::fwrite(data.data(), 1, data.size(), out) == data.size() && std::fflush(out) == 0 && fsync(fileno(out)) == 0;
  const int why = errno;
  std::fclose(out);
  if (!ok || std::rename(part.c_str(), file.c_str()) != 0) {
    std::remove(part.c_str());
    throw std::runtime_error(std::string("ERRNO ") + std::to_string(ok ? errno : why) + " write");
  }
}

// 16-bit samples arrive in the machine's own byte order; a document needs 8.
void narrow(std::vector<uint8_t>& raw) {
  const size_t samples = raw.size() / 2;
  for (size_t i = 0; i < samples; ++i) {
    uint16_t v;
    std::memcpy(&v, raw.data() + 2 * i, 2);
    raw[i] = static_cast<uint8_t>(v >> 8);
  }
  raw.resize(samples);
}

// Single-frame pages of 8 or 16 bits; scanners of three passes left the shops long ago.
bool usable(const SANE_Parameters& p) {
  return (p.format == SANE_FRAME_RGB || p.format == SANE_FRAME_GRAY) && (p.depth == 8 || p.depth == 16) && p.last_frame;
}

PageResult scanPage(const std::string& file, int quality, int dpi) {
  needDevice();
  if (cancelWanted) throw std::runtime_error("CANCELLED");
  SANE_Parameters p{};
  // Asked before the start, so that a mode we cannot take moves no paper; some backends know it only afterwards.
  if (sane.parameters(device, &p) == SANE_STATUS_GOOD && !usable(p)) throw std::runtime_error("UNSUPPORTED frame format");
  const SANE_Status started = startPatiently();
  if (started != SANE_STATUS_GOOD) {
    // The standard wants sane_cancel after the last page and after every error, before the next start.
    sane.cancel(device);
    if (cancelWanted) throw std::runtime_error("CANCELLED");
    fail(started);
  }
  check(sane.parameters(device, &p));
  const bool colour = p.format == SANE_FRAME_RGB;
  if (!usable(p)) {
    cancelAndDrain();
    throw std::runtime_error("UNSUPPORTED frame format");
  }
  const size_t channels = colour ? 3 : 1;
  const size_t sampleBytes = p.depth / 8;
  const size_t line = static_cast<size_t>(p.bytes_per_line);
  const size_t expected = p.lines > 0 ? line * static_cast<size_t>(p.lines) : 0;
  std::vector<uint8_t> raw;
  raw.reserve(expected);
  SANE_Byte chunk[65536];
  for (;;) {
    if (cancelWanted) {
      cancelAndDrain();
      throw std::runtime_error("CANCELLED");
    }
    SANE_Int got = 0;
    const SANE_Status status = sane.read(device, chunk, sizeof chunk, &got);
    ++moved;
    if (status == SANE_STATUS_GOOD) {
      raw.insert(raw.end(), chunk, chunk + got);
      if (raw.size() > 2'000'000'000) throw std::runtime_error("UNSUPPORTED page size");
      continue;
    }
    if (status == SANE_STATUS_EOF) break;
    sane.cancel(device);
    fail(status);
  }
  // A page that ends early looks like any other end of file: only counting tells.
  if (raw.empty() || raw.size() % line != 0 || (expected != 0 && raw.size() != expected)) {
    sane.cancel(device);
    throw std::runtime_error("SHORT " + std::to_string(raw.size()) + " of " + std::to_string(expected));
  }
  const int height = static_cast<int>(raw.size() / line);
  if (p.depth == 16) narrow(raw);
  const auto jpeg = TurboJpeg::get().encode(raw.data(), p.pixels_per_line, height, static_cast<int>(line / sampleBytes), static_cast<int>(channels), quality, dpi);
  std::vector<uint8_t>().swap(raw);
  writeFile(file, jpeg);
  return {p.pixels_per_line, height, jpeg.size()};
}

void openDevice(const std::string& name) {
  load();
  closeDevice();
  cancelWanted = false;
  check(sane.open(name.c_str(), &device));
}

void endStack() {
  if (device) sane.cancel(device);
}

}  // namespace

Napi::Object saneExports(Napi::Env env) {
  return scannerExports(env, {listDevices, openDevice, readOptions, applySetting, scanPage, endStack, closeDevice});
}

}  // namespace quay
