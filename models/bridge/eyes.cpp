/*
 * The bridge: gives node-llama-cpp eyes. A Node-API addon around llama.cpp's multimodal library (mtmd), compiled from
 * the sources that node-llama-cpp ships and linked against the libraries that it loads: one llama.cpp, one set of
 * weights, one set of backends in the process. JavaScript loads the model through node-llama-cpp and hands it over;
 * projector, context and every computation on them live here.
 *
 * Rules: whatever takes more than a moment runs off the JavaScript thread, under one lock per Eyes, so two
 * computations never share a context. `stop()` may be called at any time and ends a decode on the CPU at the next
 * graph node. Everything else is called by models/bridge/eyes.ts alone.
 */
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "AddonModel.h"
#include "ggml-backend.h"
#include "llama-ext.h"
#include "llama.h"
#include "mtmd-helper.h"
#include "mtmd.h"
#include "napi.h"

namespace {

// ---- what the libraries complain about: kept for the sentence that a person gets ----

std::mutex complaintsMutex;
std::string complaints;

void onLog(ggml_log_level level, const char * text, void *) {
    if (level != GGML_LOG_LEVEL_ERROR && level != GGML_LOG_LEVEL_WARN) return;
    std::lock_guard<std::mutex> lock(complaintsMutex);
    if (complaints.size() < 4000) complaints += text;
}

std::string takeComplaints() {
    std::lock_guard<std::mutex> lock(complaintsMutex);
    std::string taken;
    taken.swap(complaints);
    return taken;
}

/** An error of which JavaScript sees `kind: what`. */
[[noreturn]] void fail(const std::string & kind, const std::string & what) { throw std::runtime_error(kind + ": " + what); }

// ---- work off the JavaScript thread ----

class Work : public Napi::AsyncWorker {
  public:
    using Execution = std::function<void()>;
    using Finish = std::function<Napi::Value(Napi::Env)>;

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

Napi::Value nothing(Napi::Env env) { return env.Undefined(); }

// ---- Eyes: a model that sees ----

struct Options {
    std::string mmproj;
    bool useGpu = false;
    int threads = 1;
    uint32_t contextSize = 2048;
    uint32_t batchSize = 512;
    uint32_t sequences = 10;
    int32_t imageTokens = 0;
    bool exact = false;
};

struct Sampled {
    llama_token token = -1;
    bool end = false;
    std::string piece;
};

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
    llama_model * model = nullptr;
    const llama_vocab * vocab = nullptr;
    mtmd_context * vision = nullptr;
    llama_context * context = nullptr;
    llama_sampler * sampler = nullptr;
    mtmd_input_chunks * chunks = nullptr;          // of the photo that was looked at last
    std::vector<std::vector<float>> embeddings;    // one a chunk; empty for text between image parts
    Options options;
    std::atomic<bool> stopping{false};
    std::mutex lock;

    void release() {
        if (sampler) llama_sampler_free(sampler);
        if (chunks) mtmd_input_chunks_free(chunks);
        if (context) llama_free(context);
        if (vision) mtmd_free(vision);
        sampler = nullptr;
        chunks = nullptr;
        context = nullptr;
        vision = nullptr;
        embeddings.clear();
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
        if (!context || !vision) fail("closed", "the model is closed");
    }

    static bool shouldStop(void * data) { return static_cast<std::atomic<bool> *>(data)->load(); }

    /** Runs a batch of tokens; keeps the rows that were asked for in `rows`. */
    void run(llama_batch batch, const char * what) {
        const int result = llama_decode(context, batch);
        if (result == 2 || stopping.load()) fail("stopped", "stopped");
        if (result == 1) fail("full", "the context is full");
        if (result != 0) fail("engine", std::string(what) + " failed (" + std::to_string(result) + "). " + takeComplaints());
    }

    // open({ mmproj, useGpu, threads, contextSize, batchSize, sequences, imageTokens, exact })
    Napi::Value Open(const Napi::CallbackInfo & info) {
        auto given = info[0].As<Napi::Object>();
        options.mmproj = given.Get("mmproj").As<Napi::String>().Utf8Value();
        options.useGpu = given.Get("useGpu").As<Napi::Boolean>().Value();
        options.threads = given.Get("threads").As<Napi::Number>().Int32Value();
        options.contextSize = given.Get("contextSize").As<Napi::Number>().Uint32Value();
        options.batchSize = given.Get("batchSize").As<Napi::Number>().Uint32Value();
        options.sequences = given.Get("sequences").As<Napi::Number>().Uint32Value();
        options.imageTokens = given.Get("imageTokens").As<Napi::Number>().Int32Value();
        options.exact = given.Get("exact").As<Napi::Boolean>().Value();
        return work(
            info.Env(),
            [this] {
                takeComplaints();
                auto eyes = mtmd_context_params_default();
                eyes.use_gpu = options.useGpu;
                eyes.print_timings = false;
                eyes.n_threads = options.threads;
                eyes.warmup = false;
                if (options.exact) eyes.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
                if (options.imageTokens > 0) eyes.image_max_tokens = options.imageTokens;
                vision = mtmd_init_from_file(options.mmproj.c_str(), model, eyes);
                if (!vision) fail("mmproj", takeComplaints());
                if (!mtmd_support_vision(vision)) fail("mmproj", "it has no vision tower");

                auto params = llama_context_default_params();
                params.n_ctx = options.contextSize;
                params.n_batch = options.batchSize;
                params.n_ubatch = options.batchSize;
                params.n_seq_max = options.sequences;
                params.n_outputs_max = std::min<uint32_t>(128, options.batchSize);
                params.n_threads = options.threads;
                params.n_threads_batch = options.threads;
                params.kv_unified = true; // all sequences share one cache, so a branch of the photo costs nothing
                params.swa_full = true;   // the photo must stay whole when questions are erased
                params.no_perf = true;
                params.abort_callback = shouldStop;
                params.abort_callback_data = &stopping;
                if (options.exact) {
                    params.type_k = GGML_TYPE_F32;
                    params.type_v = GGML_TYPE_F32;
                    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
                }
                context = llama_init_from_model(model, params);
                if (!context) fail("context", takeComplaints());
            },
            [this](Napi::Env env) -> Napi::Value {
                auto result = Napi::Object::New(env);
                result.Set("contextSize", Napi::Number::New(env, llama_n_ctx(context)));
                result.Set("batchSize", Napi::Number::New(env, llama_n_batch(context)));
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
        int count = llama_tokenize(vocab, text.data(), (int32_t) text.size(), tokens.data(), (int32_t) tokens.size(),
                                   addSpecial, parseSpecial);
        if (count < 0) {
            tokens.resize(-count);
            count = llama_tokenize(vocab, text.data(), (int32_t) text.size(), tokens.data(), (int32_t) tokens.size(),
                                   addSpecial, parseSpecial);
        }
        auto result = Napi::Int32Array::New(info.Env(), std::max(count, 0));
        if (count > 0) std::memcpy(result.Data(), tokens.data(), count * sizeof(llama_token));
        return result;
    }

    // look(rgb, width, height, keepEmbeddings) → { tokens, positions, features, embeddings, before, after }
    Napi::Value Look(const Napi::CallbackInfo & info) {
        auto bytes = info[0].As<Napi::Uint8Array>();
        const uint32_t width = info[1].As<Napi::Number>().Uint32Value();
        const uint32_t height = info[2].As<Napi::Number>().Uint32Value();
        const bool keep = info[3].As<Napi::Boolean>().Value();
        if ((size_t) width * height * 3 != bytes.ByteLength())
            throw Napi::Error::New(info.Env(), "input: the pixels do not fit width and height");
        auto pixels = std::make_shared<std::vector<uint8_t>>(bytes.Data(), bytes.Data() + bytes.ByteLength());

        struct Seen {
            size_t tokens = 0;
            llama_pos positions = 0;
            std::vector<float> features;
            std::vector<float> all;
            std::vector<llama_token> before, after;
        };
        auto seen = std::make_shared<Seen>();
        return work(
            info.Env(),
            [this, pixels, width, height, keep, seen] {
                requireOpen();
                takeComplaints();
                if (chunks) mtmd_input_chunks_free(chunks);
                chunks = mtmd_input_chunks_init();
                embeddings.clear();
                std::unique_ptr<mtmd_bitmap, void (*)(mtmd_bitmap *)> bitmap(mtmd_bitmap_init(width, height, pixels->data()),
                                                                           mtmd_bitmap_free);
                mtmd_input_part part{nullptr, bitmap.get()};
                const mtmd_input_part * parts[] = {&part};
                if (mtmd_tokenize_from_parts(vision, chunks, parts, 1, false) != 0)
                    fail("input", "the picture cannot be prepared. " + takeComplaints());

                const int width = llama_model_n_embd_inp(model);
                std::vector<double> sum(width, 0.0), squares(width, 0.0);
                for (size_t i = 0; i < mtmd_input_chunks_size(chunks); i++) {
                    if (stopping.load()) fail("stopped", "stopped");
                    const auto * chunk = mtmd_input_chunks_get(chunks, i);
                    const size_t count = mtmd_input_chunk_get_n_tokens(chunk);
                    seen->positions += mtmd_input_chunk_get_n_pos(chunk);
                    if (mtmd_input_chunk_get_type(chunk) == MTMD_INPUT_CHUNK_TYPE_TEXT) {
                        embeddings.emplace_back();
                        size_t number = 0;
                        const auto * ids = mtmd_input_chunk_get_tokens_text(chunk, &number);
                        auto & where = seen->tokens == 0 ? seen->before : seen->after;
                        where.insert(where.end(), ids, ids + number);
                        continue;
                    }
                    if (mtmd_encode_chunk(vision, chunk) != 0)
                        fail("engine", "the vision tower failed. " + takeComplaints());
                    const float * output = mtmd_get_output_embd(vision);
                    embeddings.emplace_back(output, output + count * width);
                    if (keep) seen->all.insert(seen->all.end(), output, output + count * width);
                    for (size_t t = 0; t < count; t++)
                        for (int d = 0; d < width; d++) {
                            const double value = output[t * width + d];
                            sum[d] += value;
                            squares[d] += value * value;
                        }
                    seen->tokens += count;
                }
                if (seen->tokens == 0) fail("input", "the picture gave nothing to look at");
                seen->features.resize(2 * (size_t) width);
                for (int d = 0; d < width; d++) {
                    const double mean = sum[d] / seen->tokens;
                    seen->features[d] = (float) mean;
                    seen->features[width + d] = (float) std::sqrt(std::max(0.0, squares[d] / seen->tokens - mean * mean));
                }
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
        const llama_pos start = info[0].As<Napi::Number>().Int32Value();
        auto end = std::make_shared<llama_pos>(start);
        return work(
            info.Env(),
            [this, end] {
                requireOpen();
                if (!chunks) fail("input", "no picture has been looked at");
                for (size_t i = 0; i < mtmd_input_chunks_size(chunks); i++) {
                    const auto * chunk = mtmd_input_chunks_get(chunks, i);
                    if (mtmd_input_chunk_get_type(chunk) == MTMD_INPUT_CHUNK_TYPE_TEXT) {
                        size_t count = 0;
                        const auto * ids = mtmd_input_chunk_get_tokens_text(chunk, &count);
                        Rows batch;
                        for (size_t t = 0; t < count; t++) batch.add(ids[t], (*end)++, 1, false);
                        batch.run(*this, "reading the text around the picture", nullptr, nullptr);
                    } else {
                        llama_pos next = *end;
                        const int result = mtmd_helper_decode_image_chunk(vision, context, chunk, embeddings[i].data(), *end, 0,
                                                                          (int32_t) llama_n_batch(context), &next, nullptr, nullptr);
                        if (result == 2 || stopping.load()) fail("stopped", "stopped");
                        if (result == 1) fail("full", "the context is full");
                        if (result != 0) fail("engine", "reading the picture failed. " + takeComplaints());
                        *end = next;
                    }
                }
                llama_synchronize(context);
            },
            [end](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, *end); });
    }

    // keep(position) → whether it worked. Forgets everything from `position` on, and all branches.
    Napi::Value Keep(const Napi::CallbackInfo & info) {
        const llama_pos position = info[0].As<Napi::Number>().Int32Value();
        std::lock_guard<std::mutex> guard(lock);
        if (!context) throw Napi::Error::New(info.Env(), "closed: the model is closed");
        auto * memory = llama_get_memory(context);
        bool worked = true;
        if (position <= 0) {
            llama_memory_clear(memory, false);
        } else {
            for (llama_seq_id s = 1; s < (llama_seq_id) options.sequences; s++) llama_memory_seq_rm(memory, s, -1, -1);
            worked = llama_memory_seq_rm(memory, 0, position, -1);
        }
        return Napi::Boolean::New(info.Env(), worked);
    }

    // branch(count): sequences 1…count continue where sequence 0 stands, sharing its cells.
    Napi::Value Branch(const Napi::CallbackInfo & info) {
        const int count = info[0].As<Napi::Number>().Int32Value();
        std::lock_guard<std::mutex> guard(lock);
        if (!context) throw Napi::Error::New(info.Env(), "closed: the model is closed");
        if (count >= (int) options.sequences) throw Napi::Error::New(info.Env(), "input: too many branches");
        auto * memory = llama_get_memory(context);
        for (llama_seq_id s = 1; s <= count; s++) llama_memory_seq_cp(memory, 0, s, -1, -1);
        return info.Env().Undefined();
    }

    /** Tokens with their sequences (a bit each), run in batches no larger than the context takes. */
    struct Rows {
        std::vector<llama_token> tokens;
        std::vector<llama_pos> positions;
        std::vector<uint32_t> sequences;
        std::vector<int8_t> outputs;

        void add(llama_token token, llama_pos position, uint32_t sequence, bool output) {
            tokens.push_back(token);
            positions.push_back(position);
            sequences.push_back(sequence);
            outputs.push_back(output ? 1 : 0);
        }

        /** Appends, for each output row, the log of the sum of exponentials of all logits, then the words' logits. */
        void run(Eyes & eyes, const char * what, const std::vector<llama_token> * words, std::vector<float> * rows) {
            const size_t limit = llama_n_batch(eyes.context);
            const int vocabulary = llama_vocab_n_tokens(eyes.vocab);
            for (size_t start = 0; start < tokens.size(); start += limit) {
                const size_t count = std::min(limit, tokens.size() - start);
                std::vector<std::vector<llama_seq_id>> ids(count);
                std::vector<llama_seq_id *> pointers(count);
                std::vector<int32_t> numbers(count);
                for (size_t i = 0; i < count; i++) {
                    for (int s = 0; s < 32; s++)
                        if (sequences[start + i] >> s & 1) ids[i].push_back(s);
                    pointers[i] = ids[i].data();
                    numbers[i] = (int32_t) ids[i].size();
                }
                llama_batch batch{(int32_t) count, tokens.data() + start, nullptr, positions.data() + start,
                                  numbers.data(),  pointers.data(),       outputs.data() + start};
                eyes.run(batch, what);
                if (!words) continue;
                for (size_t i = 0; i < count; i++) {
                    if (!outputs[start + i]) continue;
                    const float * logits = llama_get_logits_ith(eyes.context, (int32_t) i);
                    if (!logits) fail("engine", "the model gave no probabilities");
                    float highest = logits[0];
                    for (int t = 1; t < vocabulary; t++) highest = std::max(highest, logits[t]);
                    double sum = 0;
                    for (int t = 0; t < vocabulary; t++) sum += std::exp((double) logits[t] - highest);
                    rows->push_back((float) (highest + std::log(sum)));
                    for (const auto word : *words) rows->push_back(logits[word]);
                }
            }
        }
    };

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
        const int vocabulary = llama_vocab_n_tokens(vocab);
        auto batch = std::make_shared<Rows>();
        for (size_t i = 0; i < count; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabulary) throw Napi::Error::New(env, "input: a token is not in the vocabulary");
            batch->add(tokens[i], positions[i], sequences[i], outputs[i] != 0);
        }
        auto wanted = std::make_shared<std::vector<llama_token>>(words.Data(), words.Data() + words.ElementLength());
        for (const auto word : *wanted)
            if (word < 0 || word >= vocabulary) throw Napi::Error::New(env, "input: a word is not in the vocabulary");
        auto rows = std::make_shared<std::vector<float>>();
        return work(
            env,
            [this, batch, wanted, rows] {
                requireOpen();
                batch->run(*this, "reading the question", wanted.get(), rows.get());
                llama_synchronize(context);
            },
            [rows](Napi::Env env) -> Napi::Value { return floats(env, *rows); });
    }

    // startSampling(temperature, topK, topP, repeatPenalty, seed)
    Napi::Value StartSampling(const Napi::CallbackInfo & info) {
        std::lock_guard<std::mutex> guard(lock);
        if (sampler) llama_sampler_free(sampler);
        sampler = llama_sampler_chain_init(llama_sampler_chain_default_params());
        const float temperature = info[0].As<Napi::Number>().FloatValue();
        const float repeatPenalty = info[3].As<Napi::Number>().FloatValue();
        if (repeatPenalty != 1.0f) llama_sampler_chain_add(sampler, llama_sampler_init_penalties(llama_vocab_n_tokens(vocab), 64, repeatPenalty, 0, 0));
        if (temperature <= 0) {
            llama_sampler_chain_add(sampler, llama_sampler_init_greedy());
        } else {
            llama_sampler_chain_add(sampler, llama_sampler_init_top_k(info[1].As<Napi::Number>().Int32Value()));
            llama_sampler_chain_add(sampler, llama_sampler_init_top_p(info[2].As<Napi::Number>().FloatValue(), 1));
            llama_sampler_chain_add(sampler, llama_sampler_init_temp(temperature));
            llama_sampler_chain_add(sampler, llama_sampler_init_dist(info[4].As<Napi::Number>().Uint32Value()));
        }
        return info.Env().Undefined();
    }

    // next(tokens, position) → { token, end, piece }. Reads the tokens into sequence 0, then takes the next one.
    Napi::Value Next(const Napi::CallbackInfo & info) {
        auto given = info[0].As<Napi::Int32Array>();
        const llama_pos position = info[1].As<Napi::Number>().Int32Value();
        auto batch = std::make_shared<Rows>();
        const int vocabulary = llama_vocab_n_tokens(vocab);
        for (size_t i = 0; i < given.ElementLength(); i++) {
            if (given[i] < 0 || given[i] >= vocabulary) throw Napi::Error::New(info.Env(), "input: a token is not in the vocabulary");
            batch->add(given[i], position + (llama_pos) i, 1, i + 1 == given.ElementLength());
        }
        auto sampled = std::make_shared<Sampled>();
        return work(
            info.Env(),
            [this, batch, sampled] {
                requireOpen();
                if (!sampler) fail("input", "sampling was not started");
                batch->run(*this, "writing", nullptr, nullptr);
                sampled->token = llama_sampler_sample(sampler, context, -1);
                sampled->end = llama_vocab_is_eog(vocab, sampled->token);
                char buffer[256];
                int length = llama_token_to_piece(vocab, sampled->token, buffer, sizeof buffer, 0, false);
                if (length >= 0) {
                    sampled->piece.assign(buffer, length);
                } else {
                    sampled->piece.resize(-length);
                    llama_token_to_piece(vocab, sampled->token, sampled->piece.data(), -length, 0, false);
                }
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
        const int threads = std::max(1, info[0].As<Napi::Number>().Int32Value());
        std::lock_guard<std::mutex> guard(lock);
        if (context) llama_set_n_threads(context, threads, threads);
        return info.Env().Undefined();
    }

    // memory() → bytes of { model, context, compute }
    Napi::Value Memory(const Napi::CallbackInfo & info) {
        auto result = Napi::Object::New(info.Env());
        double modelBytes = 0, contextBytes = 0, computeBytes = 0;
        std::lock_guard<std::mutex> guard(lock);
        if (context)
            for (const auto & [type, bytes] : llama_get_memory_breakdown(context)) {
                modelBytes += (double) bytes.model;
                contextBytes += (double) bytes.context;
                computeBytes += (double) bytes.compute;
            }
        result.Set("model", Napi::Number::New(info.Env(), modelBytes));
        result.Set("context", Napi::Number::New(info.Env(), contextBytes));
        result.Set("compute", Napi::Number::New(info.Env(), computeBytes));
        return result;
    }

    Napi::Value Close(const Napi::CallbackInfo & info) {
        stopping.store(true);
        return work(info.Env(), [this] { release(); }, nothing);
    }

    static Napi::Value floats(Napi::Env env, const std::vector<float> & values) {
        auto result = Napi::Float32Array::New(env, values.size());
        if (!values.empty()) std::memcpy(result.Data(), values.data(), values.size() * sizeof(float));
        return result;
    }
    static Napi::Value ints(Napi::Env env, const std::vector<llama_token> & values) {
        auto result = Napi::Int32Array::New(env, values.size());
        if (!values.empty()) std::memcpy(result.Data(), values.data(), values.size() * sizeof(llama_token));
        return result;
    }
};

// quantize(input, output, ftype, threads, keepOutput, bufferBytes) → Promise
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
    mtmd_helper_log_set(onLog, nullptr);
    exports.Set("Eyes", Eyes::define(env));
    exports.Set("quantize", Napi::Function::New(env, quantize));
    exports.Set("version", Napi::Function::New(env, version));
    return exports;
}

} // namespace

NODE_API_MODULE(keeplight_eyes, init)
