/* Work off the JavaScript thread, as a promise. Its errors are those that `fail` throws. */
#pragma once

#include <functional>
#include <stdexcept>
#include <utility>

#include "napi.h"

namespace keeplight {

class Work : public Napi::AsyncWorker {
  public:
    using Execution = std::function<void()>;
    using Finish = std::function<Napi::Value(Napi::Env)>;

    /** @param execute runs on another thread. @param finish makes the result, `release` cleans up, both on this one. */
    static Napi::Promise start(Napi::Env env, Execution execute, Finish finish, std::function<void()> release = [] {}) {
        auto * work = new Work(env, std::move(execute), std::move(finish), std::move(release));
        auto promise = work->deferred.Promise();
        work->Queue();
        return promise;
    }

  protected:
    void Execute() override {
        try {
            execute();
        } catch (const std::exception & error) {
            SetError(error.what());
        } catch (...) {
            SetError("engine: an unknown error");
        }
    }
    void OnOK() override {
        release();
        deferred.Resolve(finish(Env()));
    }
    void OnError(const Napi::Error & error) override {
        release();
        deferred.Reject(error.Value());
    }

  private:
    Work(Napi::Env env, Execution execute, Finish finish, std::function<void()> release)
        : Napi::AsyncWorker(env, "KeeplightEyes"), deferred(Napi::Promise::Deferred::New(env)),
          execute(std::move(execute)), finish(std::move(finish)), release(std::move(release)) {}

    Napi::Promise::Deferred deferred;
    Execution execute;
    Finish finish;
    std::function<void()> release;
};

inline Napi::Value nothing(Napi::Env env) { return env.Undefined(); }

} // namespace keeplight
