/*
 * The bridge: gives node-llama-cpp eyes. A Node-API addon around llama.cpp's multimodal library (mtmd), compiled from
 * the sources that node-llama-cpp ships and linked against the libraries that it loads: one llama.cpp, one set of
 * weights, one set of backends in the process. JavaScript loads the model through node-llama-cpp and hands it over;
 * projector (tower), context (reader) and sampler live here. This file is their face towards JavaScript, which is
 * models/bridge/eyes.ts alone.
 *
 * Rules: whatever takes more than a moment runs off the JavaScript thread, under one lock per Eyes, so two
 * computations never share a context. `stop()` may be called at any time and ends a decode on the CPU at the next
 * graph node.
 */
#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "AddonModel.h"
#include "AddonModelLora.h"
#include "failure.h"
#include "llama.h"
#include "napi.h"
#include "reader.h"
#include "sampler.h"
#include "tower.h"
#include "work.h"

namespace keeplight {

namespace {

Napi::Value floats(Napi::Env env, const std::vector<float> & values) {
    auto result = Napi::Float32Array::New(env, values.size());
    if (!values.empty()) std::memcpy(result.Data(), values.data(), values.size() * sizeof(float));
    return result;
}

Napi::Value ints(Napi::Env env, const std::vector<llama_token> & values) {
    auto result = Napi::Int32Array::New(env, values.size());
    if (!values.empty()) std::memcpy(result.Data(), values.data(), values.size() * sizeof(llama_token));
    return result;
}

} // namespace

class Eyes : public Napi::ObjectWrap<Eyes> {
  public:
    static Napi::Function define(Napi::Env env) {
        return DefineClass(env, "Eyes",
                           {
                               InstanceMethod("open", &Eyes::Open),
                               InstanceMethod("tokenize", &Eyes::Tokenize),
                               InstanceMethod("look", &Eyes::Look),
                               InstanceMethod("placeImage", &Eyes::PlaceImage),
                               InstanceMethod("keep", &Eyes::Keep),
                               InstanceMethod("mark", &Eyes::Mark),
                               InstanceMethod("branch", &Eyes::Branch),
                               InstanceMethod("decode", &Eyes::Decode),
                               InstanceMethod("startSampling", &Eyes::StartSampling),
                               InstanceMethod("next", &Eyes::Next),
                               InstanceMethod("stop", &Eyes::Stop),
                               InstanceMethod("resume", &Eyes::Resume),
                               InstanceMethod("setThreads", &Eyes::SetThreads),
                               InstanceMethod("memory", &Eyes::Memory),
                               InstanceMethod("close", &Eyes::Close),
                           });
    }

    explicit Eyes(const Napi::CallbackInfo & info) : Napi::ObjectWrap<Eyes>(info) {
        auto wrapped = info[0].As<Napi::Object>();
        modelObject = Napi::Persistent(wrapped);
        model = Napi::ObjectWrap<AddonModel>::Unwrap(wrapped)->model;
        if (model == nullptr) throw Napi::Error::New(info.Env(), "engine: the model is not loaded");
        vocab = llama_model_get_vocab(model);
    }

    ~Eyes() override { release(); }

  private:
    Napi::ObjectReference modelObject; // keeps node-llama-cpp's model alive as long as these eyes
    Napi::ObjectReference adapterObject; // and its adapter
    llama_model * model = nullptr;
    const llama_vocab * vocab = nullptr;
    std::unique_ptr<Tower> tower;
    std::unique_ptr<Reader> reader;
    std::unique_ptr<Sampler> sampler;
    std::atomic<bool> stopping{false};
    std::mutex lock;

    void release() {
        sampler.reset();
        reader.reset();
        tower.reset();
    }

    Napi::Value work(Napi::Env env, Work::Execution execute, Work::Finish finish) {
        Ref();
        return Work::start(
            env,
            [this, execute = std::move(execute)] {
                std::lock_guard<std::mutex> guard(lock);
                execute();
            },
            std::move(finish), [this] { Unref(); });
    }

    void requireOpen() const {
        if (!reader || !tower) fail("closed", "the model is closed");
    }

    bool knows(llama_token token) const { return token >= 0 && token < llama_vocab_n_tokens(vocab); }

    // open({ mmproj, useGpu, threads, contextSize, batchSize, sequences, imageTokens, exact, adapter, adapterScale })
    Napi::Value Open(const Napi::CallbackInfo & info) {
        auto given = info[0].As<Napi::Object>();
        TowerOptions seeing;
        ReaderOptions reading;
        seeing.file = given.Get("mmproj").As<Napi::String>().Utf8Value();
        seeing.useGpu = given.Get("useGpu").As<Napi::Boolean>().Value();
        seeing.mostTokens = given.Get("imageTokens").As<Napi::Number>().Int32Value();
        reading.contextSize = given.Get("contextSize").As<Napi::Number>().Uint32Value();
        reading.batchSize = given.Get("batchSize").As<Napi::Number>().Uint32Value();
        reading.sequences = given.Get("sequences").As<Napi::Number>().Uint32Value();
        seeing.threads = reading.threads = given.Get("threads").As<Napi::Number>().Int32Value();
        seeing.exact = reading.exact = given.Get("exact").As<Napi::Boolean>().Value();
        if (given.Get("adapter").IsObject()) {
            auto wrapped = given.Get("adapter").As<Napi::Object>();
            adapterObject = Napi::Persistent(wrapped);
            reading.adapter = Napi::ObjectWrap<AddonModelLora>::Unwrap(wrapped)->lora_adapter;
            reading.adapterScale = given.Get("adapterScale").As<Napi::Number>().FloatValue();
            if (reading.adapter == nullptr) throw Napi::Error::New(info.Env(), "engine: the adapter is not loaded");
        }
        return work(
            info.Env(),
            [this, seeing, reading] {
                takeComplaints();
                tower = std::make_unique<Tower>(model, seeing);
                reader = std::make_unique<Reader>(model, reading, stopping);
            },
            [this](Napi::Env env) -> Napi::Value {
                auto result = Napi::Object::New(env);
                result.Set("contextSize", Napi::Number::New(env, reader->contextSize()));
                result.Set("batchSize", Napi::Number::New(env, reader->batchSize()));
                result.Set("rewindsAnywhere", Napi::Boolean::New(env, reader->rewindsAnywhere()));
                result.Set("embeddingLength", Napi::Number::New(env, llama_model_n_embd_inp(model)));
                result.Set("complaints", Napi::String::New(env, takeComplaints()));
                return result;
            });
    }

    // tokenize(text, addSpecial, parseSpecial) → Int32Array
    Napi::Value Tokenize(const Napi::CallbackInfo & info) {
        const auto text = info[0].As<Napi::String>().Utf8Value();
        const bool addSpecial = info[1].As<Napi::Boolean>().Value();
        const bool parseSpecial = info[2].As<Napi::Boolean>().Value();
        std::vector<llama_token> tokens(text.size() + 16);
        const auto cut = [&] {
            return llama_tokenize(vocab, text.data(), (int32_t) text.size(), tokens.data(), (int32_t) tokens.size(),
                                  addSpecial, parseSpecial);
        };
        int count = cut();
        if (count < 0) {
            tokens.resize(-count);
            count = cut();
        }
        tokens.resize(std::max(count, 0));
        return ints(info.Env(), tokens);
    }

    // look(rgb, width, height, keepEmbeddings) → { tokens, positions, features, embeddings, before, after }
    Napi::Value Look(const Napi::CallbackInfo & info) {
        auto bytes = info[0].As<Napi::Uint8Array>();
        const uint32_t width = info[1].As<Napi::Number>().Uint32Value();
        const uint32_t height = info[2].As<Napi::Number>().Uint32Value();
        const bool keepAll = info[3].As<Napi::Boolean>().Value();
        if ((size_t) width * height * 3 != bytes.ByteLength())
            throw Napi::Error::New(info.Env(), "input: the pixels do not fit width and height");
        auto pixels = std::make_shared<std::vector<uint8_t>>(bytes.Data(), bytes.Data() + bytes.ByteLength());
        auto seen = std::make_shared<Seen>();
        return work(
            info.Env(),
            [this, pixels, width, height, keepAll, seen] {
                requireOpen();
                takeComplaints();
                *seen = tower->look(*pixels, width, height, keepAll, stopping);
            },
            [seen](Napi::Env env) -> Napi::Value {
                auto result = Napi::Object::New(env);
                result.Set("tokens", Napi::Number::New(env, seen->tokens));
                result.Set("positions", Napi::Number::New(env, seen->positions));
                result.Set("features", floats(env, seen->features));
                result.Set("embeddings", seen->all.empty() ? env.Null() : floats(env, seen->all));
                result.Set("before", ints(env, seen->before));
                result.Set("after", ints(env, seen->after));
                return result;
            });
    }

    // placeImage(position) → next position. Puts the photo that was looked at into sequence 0.
    Napi::Value PlaceImage(const Napi::CallbackInfo & info) {
        auto position = std::make_shared<llama_pos>(info[0].As<Napi::Number>().Int32Value());
        return work(
            info.Env(),
            [this, position] {
                requireOpen();
                *position = reader->place(*tower, *position);
            },
            [position](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, *position); });
    }

    // keep(position) → whether it worked. Forgets everything from `position` on, and all branches.
    Napi::Value Keep(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        if (!reader) throw Napi::Error::New(info.Env(), "closed: the model is closed");
        return Napi::Boolean::New(info.Env(), reader->keep(info[0].As<Napi::Number>().Int32Value()));
    }

    // mark(which): sequence 0 as it stands can be come back to, where the model cannot forget any part. 0 or 1.
    Napi::Value Mark(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        if (!reader) throw Napi::Error::New(info.Env(), "closed: the model is closed");
        try {
            reader->mark(info[0].As<Napi::Number>().Int32Value());
        } catch (const std::exception & error) {
            throw Napi::Error::New(info.Env(), error.what());
        }
        return info.Env().Undefined();
    }

    // branch(count): sequences 1…count continue where sequence 0 stands, sharing its cells.
    Napi::Value Branch(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        if (!reader) throw Napi::Error::New(info.Env(), "closed: the model is closed");
        try {
            reader->branch(info[0].As<Napi::Number>().Int32Value());
        } catch (const std::exception & error) {
            throw Napi::Error::New(info.Env(), error.what());
        }
        return info.Env().Undefined();
    }

    // decode(tokens, positions, sequenceBits, outputs, words) → Float32Array of rows: [log Σ exp, logits of words…]
    Napi::Value Decode(const Napi::CallbackInfo & info) {
        auto env = info.Env();
        auto tokens = info[0].As<Napi::Int32Array>();
        auto positions = info[1].As<Napi::Int32Array>();
        auto sequences = info[2].As<Napi::Uint32Array>();
        auto outputs = info[3].As<Napi::Uint8Array>();
        auto words = info[4].As<Napi::Int32Array>();
        const size_t count = tokens.ElementLength();
        if (positions.ElementLength() != count || sequences.ElementLength() != count || outputs.ElementLength() != count)
            throw Napi::Error::New(env, "input: the batch's lists differ in length");
        auto batch = std::make_shared<Batch>();
        for (size_t i = 0; i < count; i++) {
            if (!knows(tokens[i])) throw Napi::Error::New(env, "input: a token is not in the vocabulary");
            batch->add(tokens[i], positions[i], sequences[i], outputs[i] != 0);
        }
        auto wanted = std::make_shared<std::vector<llama_token>>(words.Data(), words.Data() + words.ElementLength());
        for (const auto word : *wanted)
            if (!knows(word)) throw Napi::Error::New(env, "input: a word is not in the vocabulary");
        auto rows = std::make_shared<std::vector<float>>();
        return work(
            env,
            [this, batch, wanted, rows] {
                requireOpen();
                *rows = reader->read(*batch, "reading the question", *wanted);
            },
            [rows](Napi::Env env) -> Napi::Value { return floats(env, *rows); });
    }

    // startSampling(temperature, topK, topP, repeatPenalty, seed)
    Napi::Value StartSampling(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        SamplerOptions options;
        options.temperature = info[0].As<Napi::Number>().FloatValue();
        options.topK = info[1].As<Napi::Number>().Int32Value();
        options.topP = info[2].As<Napi::Number>().FloatValue();
        options.repeatPenalty = info[3].As<Napi::Number>().FloatValue();
        options.seed = info[4].As<Napi::Number>().Uint32Value();
        sampler = std::make_unique<Sampler>(vocab, options);
        return info.Env().Undefined();
    }

    // next(tokens, position) → { token, end, piece }. Reads the tokens into sequence 0, then takes the next one.
    Napi::Value Next(const Napi::CallbackInfo & info) {
        auto given = info[0].As<Napi::Int32Array>();
        const llama_pos position = info[1].As<Napi::Number>().Int32Value();
        auto batch = std::make_shared<Batch>();
        for (size_t i = 0; i < given.ElementLength(); i++) {
            if (!knows(given[i])) throw Napi::Error::New(info.Env(), "input: a token is not in the vocabulary");
            batch->add(given[i], position + (llama_pos) i, 1, i + 1 == given.ElementLength());
        }
        auto sampled = std::make_shared<Sampled>();
        return work(
            info.Env(),
            [this, batch, sampled] {
                requireOpen();
                if (!sampler) fail("input", "sampling was not started");
                reader->read(*batch, "writing");
                *sampled = sampler->take(reader->engine());
            },
            [sampled](Napi::Env env) -> Napi::Value {
                auto result = Napi::Object::New(env);
                result.Set("token", Napi::Number::New(env, sampled->token));
                result.Set("end", Napi::Boolean::New(env, sampled->end));
                result.Set("piece", Napi::Buffer<char>::Copy(env, sampled->piece.data(), sampled->piece.size()));
                return result;
            });
    }

    Napi::Value Stop(const Napi::CallbackInfo & info) {
        stopping.store(true);
        return info.Env().Undefined();
    }
    Napi::Value Resume(const Napi::CallbackInfo & info) {
        stopping.store(false);
        return info.Env().Undefined();
    }

    Napi::Value SetThreads(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        if (reader) reader->setThreads(std::max(1, info[0].As<Napi::Number>().Int32Value()));
        return info.Env().Undefined();
    }

    // memory() → bytes of { model, context, compute }
    Napi::Value Memory(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        const Bytes bytes = reader ? reader->memory() : Bytes();
        auto result = Napi::Object::New(info.Env());
        result.Set("model", Napi::Number::New(info.Env(), bytes.model));
        result.Set("context", Napi::Number::New(info.Env(), bytes.context));
        result.Set("compute", Napi::Number::New(info.Env(), bytes.compute));
        return result;
    }

    Napi::Value Close(const Napi::CallbackInfo & info) {
        stopping.store(true);
        return work(info.Env(), [this] { release(); }, nothing);
    }
};

namespace {

// quantize(input, output, ftype, threads, bufferBytes) → Promise
Napi::Value quantize(const Napi::CallbackInfo & info) {
    const auto input = info[0].As<Napi::String>().Utf8Value();
    const auto output = info[1].As<Napi::String>().Utf8Value();
    const int ftype = info[2].As<Napi::Number>().Int32Value();
    const int threads = info[3].As<Napi::Number>().Int32Value();
    const double buffer = info[4].As<Napi::Number>().DoubleValue();
    return Work::start(
        info.Env(),
        [input, output, ftype, threads, buffer] {
            takeComplaints();
            auto params = llama_model_quantize_default_params();
            params.ftype = (llama_ftype) ftype;
            params.nthread = threads;
            params.allow_requantize = false;
            params.max_buf_size = (size_t) buffer;
            if (llama_model_quantize(input.c_str(), output.c_str(), &params) != 0) fail("engine", takeComplaints());
        },
        nothing);
}

Napi::Value version(const Napi::CallbackInfo & info) { return Napi::String::New(info.Env(), llama_version()); }

Napi::Object init(Napi::Env env, Napi::Object exports) {
    keepComplaints();
    exports.Set("Eyes", Eyes::define(env));
    exports.Set("quantize", Napi::Function::New(env, quantize));
    exports.Set("version", Napi::Function::New(env, version));
    return exports;
}

NODE_API_MODULE(keeplight_eyes, init)

} // namespace

} // namespace keeplight
