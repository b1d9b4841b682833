// One thread that owns every call into a scanner library: libsane and WIA are single-threaded, and libuv's pool changes
// threads between calls. Results travel back to JavaScript through one thread-safe function.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <napi.h>

namespace quay {

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

}  // namespace quay
