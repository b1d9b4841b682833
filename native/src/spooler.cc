// The Windows spooler in raw mode: what a slip printer on USB or a parallel port is reached through when its maker's driver
// owns it. winspool.drv is opened at run time. Every call happens on the worker thread, in a child process with a watchdog:
// a port monitor that waits for a printer may hang any of them. Shown under wine at most: see native/README.md.
#include <windows.h>
#include <winspool.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "wide.h"
#include "worker.h"

namespace quay {
namespace {

struct Winspool {
  decltype(&EnumPrintersW) enumPrinters;
  decltype(&OpenPrinterW) openPrinter;
  decltype(&ClosePrinter) closePrinter;
  decltype(&StartDocPrinterW) startDoc;
  decltype(&StartPagePrinter) startPage;
  decltype(&WritePrinter) write;
  decltype(&EndPagePrinter) endPage;
  decltype(&EndDocPrinter) endDoc;
  decltype(&AbortPrinter) abort;
  decltype(&GetPrinterW) getPrinter;
  decltype(&GetJobW) getJob;
  decltype(&SetJobW) setJob;
} win;
bool loaded = false;

// Errors cross to JavaScript as "SPOOLER <code of Windows> <call>".
[[noreturn]] void fail(const char* call, DWORD code = GetLastError()) {
  throw std::runtime_error("SPOOLER " + std::to_string(code) + " " + call);
}

void load() {
  if (loaded) return;
  // From the system's folder alone: a winspool.drv beside the program or its documents is not ours.
  HMODULE library = LoadLibraryExW(L"winspool.drv", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (!library) fail("LoadLibrary");
  auto bind = [&](auto& target, const char* name) {
    target = reinterpret_cast<std::decay_t<decltype(target)>>(reinterpret_cast<void*>(GetProcAddress(library, name)));
    if (!target) fail(name);
  };
  bind(win.enumPrinters, "EnumPrintersW");
  bind(win.openPrinter, "OpenPrinterW");
  bind(win.closePrinter, "ClosePrinter");
  bind(win.startDoc, "StartDocPrinterW");
  bind(win.startPage, "StartPagePrinter");
  bind(win.write, "WritePrinter");
  bind(win.endPage, "EndPagePrinter");
  bind(win.endDoc, "EndDocPrinter");
  bind(win.abort, "AbortPrinter");
  bind(win.getPrinter, "GetPrinterW");
  bind(win.getJob, "GetJobW");
  bind(win.setJob, "SetJobW");
  loaded = true;
}

class Queue {
 public:
  explicit Queue(const std::string& name) {
    load();
    std::wstring text = wide(name);
    // Without access rights of its own a user gets PRINTER_ACCESS_USE, which is all that is needed.
    if (!win.openPrinter(text.data(), &handle_, nullptr)) fail("OpenPrinter");
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() { if (handle_) win.closePrinter(handle_); }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
};

struct Printer {
  std::string name, port, driver;
  DWORD attributes = 0;
};

// Asks twice: how much room, then the answer; a printer that was added in between makes it ask again.
template <typename Ask>
std::vector<BYTE> answerOf(const char* call, Ask ask) {
  std::vector<BYTE> buffer;
  for (int round = 0; round < 4; ++round) {
    DWORD needed = 0;
    SetLastError(0);
    if (ask(buffer.empty() ? nullptr : buffer.data(), static_cast<DWORD>(buffer.size()), &needed)) return buffer;
    const DWORD code = GetLastError();
    if (code != ERROR_INSUFFICIENT_BUFFER || needed == 0) fail(call, code);
    buffer.assign(needed, 0);
  }
  fail(call, ERROR_INSUFFICIENT_BUFFER);
}

std::vector<Printer> listPrinters() {
  load();
  DWORD count = 0;
  const auto buffer = answerOf("EnumPrinters", [&count](BYTE* into, DWORD size, DWORD* needed) {
    return win.enumPrinters(PRINTER_ENUM_LOCAL | PRINTER_ENUM_CONNECTIONS, nullptr, 2, into, size, needed, &count);
  });
  std::vector<Printer> found;
  const auto* info = reinterpret_cast<const PRINTER_INFO_2W*>(buffer.data());
  for (DWORD i = 0; i < count; ++i) found.push_back({narrow(info[i].pPrinterName), narrow(info[i].pPortName), narrow(info[i].pDriverName), info[i].Attributes});
  return found;
}

struct State {
  DWORD status = 0, attributes = 0, jobs = 0;
};

State stateOf(const std::string& name) {
  const Queue queue(name);
  const auto buffer = answerOf("GetPrinter", [&queue](BYTE* into, DWORD size, DWORD* needed) { return win.getPrinter(queue.get(), 2, into, size, needed); });
  const auto* info = reinterpret_cast<const PRINTER_INFO_2W*>(buffer.data());
  return {info->Status, info->Attributes, info->cJobs};
}

DWORD printRaw(const std::string& name, const std::string& title, const std::vector<uint8_t>& bytes) {
  const Queue queue(name);
  std::wstring text = wide(title);
  wchar_t raw[] = L"RAW";
  DOC_INFO_1W document{text.data(), nullptr, raw};
  const DWORD job = win.startDoc(queue.get(), 1, reinterpret_cast<BYTE*>(&document));
  if (job == 0) fail("StartDocPrinter");
  // A slip of which a part is missing must not come out: it is taken back whole.
  auto takeBack = [&](const char* call) {
    const DWORD code = GetLastError();
    win.abort(queue.get());
    win.endDoc(queue.get());
    fail(call, code);
  };
  if (!win.startPage(queue.get())) takeBack("StartPagePrinter");
  size_t at = 0;
  int stalled = 0;
  while (at < bytes.size()) {
    DWORD written = 0;
    const DWORD piece = static_cast<DWORD>(std::min<size_t>(bytes.size() - at, 65536));
    if (!win.write(queue.get(), const_cast<uint8_t*>(bytes.data()) + at, piece, &written)) takeBack("WritePrinter");
    ++moved;
    // Success with fewer bytes is allowed; success with none again and again is a port that takes nothing.
    if (written > piece) takeBack("WritePrinter");
    stalled = written == 0 ? stalled + 1 : 0;
    if (stalled > 20) {
      SetLastError(ERROR_WRITE_FAULT);
      takeBack("WritePrinter");
    }
    if (written == 0) Sleep(50);
    at += written;
  }
  if (!win.endPage(queue.get())) takeBack("EndPagePrinter");
  if (!win.endDoc(queue.get())) fail("EndDocPrinter");
  return job;
}

struct Job {
  bool known = false;
  DWORD status = 0;
};

// A job that is not in the queue any more was printed or taken out: Windows keeps no memory of either.
Job jobOf(const std::string& name, DWORD id) {
  const Queue queue(name);
  try {
    const auto buffer = answerOf("GetJob", [&](BYTE* into, DWORD size, DWORD* needed) { return win.getJob(queue.get(), id, 1, into, size, needed); });
    return {true, reinterpret_cast<const JOB_INFO_1W*>(buffer.data())->Status};
  } catch (const std::runtime_error& error) {
    // ERROR_INVALID_PARAMETER is how Windows says that it holds no such job; wine gives no reason.
    const std::string why = error.what();
    if (why == "SPOOLER 87 GetJob" || why == "SPOOLER 0 GetJob") return {};
    throw;
  }
}

void deleteJob(const std::string& name, DWORD id) {
  const Queue queue(name);
  if (!jobOf(name, id).known) return;
  if (!win.setJob(queue.get(), id, 0, nullptr, JOB_CONTROL_DELETE)) fail("SetJob");
}

DWORD idArgument(const Napi::CallbackInfo& info, size_t index) { return static_cast<DWORD>(numberArgument(info, index, 1, 0x7fffffff)); }

}  // namespace

Napi::Object spoolerExports(Napi::Env env) {
  auto exports = Napi::Object::New(env);
  auto add = [&](const char* name, auto function) { exports.Set(name, Napi::Function::New(env, function, name)); };
  // printers(): { name, port, driver, attributes }[]
  add("printers", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [] {
      return Answer([found = listPrinters()](Napi::Env env) -> Napi::Value {
        return listOf(env, found, [env](const Printer& printer) -> Napi::Value {
          auto o = Napi::Object::New(env);
          o.Set("name", printer.name);
          o.Set("port", printer.port);
          o.Set("driver", printer.driver);
          o.Set("attributes", static_cast<double>(printer.attributes));
          return o;
        });
      });
    });
  });
  // state(queue): { status, attributes, jobs }, the bits of PRINTER_INFO_2
  add("state", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [name = textArgument(info, 0)] {
      return Answer([state = stateOf(name)](Napi::Env env) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("status", static_cast<double>(state.status));
        o.Set("attributes", static_cast<double>(state.attributes));
        o.Set("jobs", static_cast<double>(state.jobs));
        return o;
      });
    });
  });
  // print(queue, title, bytes): number of the job
  add("print", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string name = textArgument(info, 0), title = textArgument(info, 1);
    const auto given = bytesArgument(info, 2);
    std::vector<uint8_t> bytes(given.Data(), given.Data() + given.ByteLength());
    return Worker::get().run(info.Env(), [name, title, bytes = std::move(bytes)] {
      return Answer([job = printRaw(name, title, bytes)](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, job); });
    });
  });
  // job(queue, id): the bits of JOB_INFO_1, or null when the queue does not hold it any more
  add("job", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [name = textArgument(info, 0), id = idArgument(info, 1)] {
      return Answer([job = jobOf(name, id)](Napi::Env env) -> Napi::Value {
        if (!job.known) return env.Null();
        return Napi::Number::New(env, job.status);
      });
    });
  });
  add("deleteJob", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Worker::get().run(info.Env(), [name = textArgument(info, 0), id = idArgument(info, 1)] {
      deleteJob(name, id);
      return nothing();
    });
  });
  return exports;
}

}  // namespace quay
