// One thread that owns every call into a driver's library: libsane and WIA are single-threaded, and libuv's pool changes
// threads between calls. Results travel back to JavaScript through one thread-safe function.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <napi.h>

namespace quay {

// For the watchdog: `moved` grows with every byte and every call, `working` holds while the owner thread is in a library.
inline std::atomic<uint64_t> moved{0};
inline std::atomic<bool> working{false};
struct Working {
  Working() { ++moved; working = true; }
  ~Working() { ++moved; working = false; }
};

// Makes the JavaScript value on the main thread, after the work was done on the owner thread.
using Answer = std::function<Napi::Value(Napi::Env)>;

class Worker {
 public:
  // Never destroyed. A joinable thread in a static destructor ends the process with "terminate called", and a driver that
  // hangs could not be joined anyway: at exit the thread is simply left behind.
  static Worker& get() {
    static Worker* instance = new Worker();
    return *instance;
  }

  // Runs `work` on the owner thread and gives a promise of its answer; a std::exception becomes a rejection.
  Napi::Promise run(Napi::Env env, std::function<Answer()> work) {
    auto deferred = std::make_shared<Napi::Promise::Deferred>(env);
    if (!ready_) {
      tsfn_ = Napi::ThreadSafeFunction::New(env, Napi::Function(), "quay-native", 0, 1);
      ready_ = true;
      tsfn_.Unref(env);
      std::thread([this] { loop(); }).detach();
    }
    if (pending_++ == 0) tsfn_.Ref(env);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      jobs_.push_back([this, deferred, work = std::move(work)] {
        Answer answer;
        std::string error;
        try {
          const Working inLibrary;
          answer = work();
        } catch (const std::exception& e) {
          error = e.what();
        }
        // The handle is never released through a job: JavaScript may have let go of everything a job points to by then.
        tsfn_.NonBlockingCall([this, deferred, answer = std::move(answer), error = std::move(error)](Napi::Env env, Napi::Function) {
          if (--pending_ == 0) tsfn_.Unref(env);
          if (answer) {
            deferred->Resolve(answer(env));
          } else {
            deferred->Reject(Napi::Error::New(env, error).Value());
          }
        });
      });
    }
    wake_.notify_one();
    return deferred->Promise();
  }

 private:
  void loop() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [this] { return !jobs_.empty(); });
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  Napi::ThreadSafeFunction tsfn_;
  bool ready_ = false;
  int pending_ = 0;  // main thread only
};

inline Answer nothing() {
  return [](Napi::Env env) -> Napi::Value { return env.Undefined(); };
}

template <typename T, typename F>
Napi::Array listOf(Napi::Env env, const std::vector<T>& items, F toJs) {
  auto list = Napi::Array::New(env, items.size());
  for (size_t i = 0; i < items.size(); ++i) list.Set(static_cast<uint32_t>(i), toJs(items[i]));
  return list;
}

inline std::string textArgument(const Napi::CallbackInfo& info, size_t index) {
  if (info.Length() <= index || !info[index].IsString()) throw Napi::TypeError::New(info.Env(), "expected a string");
  return info[index].As<Napi::String>().Utf8Value();
}
inline int numberArgument(const Napi::CallbackInfo& info, size_t index, int low, int high) {
  if (info.Length() <= index || !info[index].IsNumber()) throw Napi::TypeError::New(info.Env(), "expected a number");
  const int value = info[index].As<Napi::Number>().Int32Value();
  if (value < low || value > high) throw Napi::RangeError::New(info.Env(), "number out of range");
  return value;
}
inline Napi::Uint8Array bytesArgument(const Napi::CallbackInfo& info, size_t index) {
  if (info.Length() <= index || !info[index].IsTypedArray()) throw Napi::TypeError::New(info.Env(), "expected bytes");
  return info[index].As<Napi::Uint8Array>();
}

}  // namespace quay
