#include "reader.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "failure.h"
#include "llama-ext.h"
#include "mtmd-helper.h"

namespace keeplight {

namespace {

bool shouldStop(void * data) { return static_cast<std::atomic<bool> *>(data)->load(); }

/** Log of the sum of exponentials, without overflow. */
float logSum(const float * values, int count) {
    const float highest = *std::max_element(values, values + count);
    double sum = 0;
    for (int i = 0; i < count; i++) sum += std::exp((double) values[i] - highest);
    return (float) (highest + std::log(sum));
}

} // namespace

void Batch::add(llama_token token, llama_pos position, uint32_t sequence, bool output) {
    tokens.push_back(token);
    positions.push_back(position);
    sequences.push_back(sequence);
    outputs.push_back(output ? 1 : 0);
}

Reader::Reader(llama_model * model, const ReaderOptions & options, std::atomic<bool> & stopping)
    : stopping(stopping), vocab(llama_model_get_vocab(model)), sequences(options.sequences),
      stateful(llama_model_is_recurrent(model) || llama_model_is_hybrid(model)) {
    auto params = llama_context_default_params();
    params.n_ctx = options.contextSize;
    params.n_batch = options.batchSize;
    params.n_ubatch = options.batchSize;
    params.n_seq_max = options.sequences + (stateful ? 2 : 0);
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
    if (options.adapter) {
        llama_adapter_lora * adapter = options.adapter;
        float scale = options.adapterScale;
        if (llama_set_adapters_lora(context, &adapter, 1, &scale) != 0) {
            llama_free(context);
            context = nullptr;
            fail("context", takeComplaints());
        }
    }
}

Reader::~Reader() { llama_free(context); }

void Reader::read(Batch & batch, const char * what) { run(batch, what, nullptr, nullptr); }

std::vector<float> Reader::read(Batch & batch, const char * what, const std::vector<llama_token> & words) {
    std::vector<float> rows;
    run(batch, what, &words, &rows);
    llama_synchronize(context);
    return rows;
}

void Reader::run(Batch & batch, const char * what, const std::vector<llama_token> * words, std::vector<float> * rows) {
    const size_t limit = batchSize();
    const int vocabulary = llama_vocab_n_tokens(vocab);
    for (size_t start = 0; start < batch.tokens.size(); start += limit) {
        const size_t count = std::min(limit, batch.tokens.size() - start);
        std::vector<std::vector<llama_seq_id>> ids(count);
        std::vector<llama_seq_id *> pointers(count);
        std::vector<int32_t> numbers(count);
        for (size_t i = 0; i < count; i++) {
            for (int s = 0; s < 32; s++)
                if (batch.sequences[start + i] >> s & 1) ids[i].push_back(s);
            pointers[i] = ids[i].data();
            numbers[i] = (int32_t) ids[i].size();
        }
        llama_batch piece{(int32_t) count, batch.tokens.data() + start, nullptr, batch.positions.data() + start,
                          numbers.data(),  pointers.data(),             batch.outputs.data() + start};
        const auto before = stands;
        stands = -1; // until it is known to have been read
        check(llama_decode(context, piece), what);
        stands = before;
        for (size_t i = 0; i < count; i++)
            if (batch.sequences[start + i] & 1) stands = batch.positions[start + i] + 1;
        if (!words) continue;
        for (size_t i = 0; i < count; i++) {
            if (!batch.outputs[start + i]) continue;
            const float * logits = llama_get_logits_ith(context, (int32_t) i);
            if (!logits) fail("engine", "the model gave no probabilities");
            rows->push_back(logSum(logits, vocabulary));
            for (const auto word : *words) rows->push_back(logits[word]);
        }
    }
}

void Reader::check(int32_t result, const char * what) const {
    if (result == 2 || stopping.load()) fail("stopped", "stopped");
    if (result == 1) fail("full", "the context is full");
    if (result != 0) fail("engine", std::string(what) + " failed (" + std::to_string(result) + "). " + takeComplaints());
}

llama_pos Reader::place(const Tower & tower, llama_pos position) {
    if (tower.parts().empty()) fail("input", "no picture has been looked at");
    stands = -1;
    for (const auto & part : tower.parts()) {
        if (part.embeddings.empty()) {
            Batch batch;
            for (const auto word : part.words) batch.add(word, position++, 1, false);
            read(batch, "reading the text around the picture");
            continue;
        }
        llama_pos next = position;
        auto * numbers = const_cast<float *>(part.embeddings.data()); // read only; the interface is old
        check(mtmd_helper_decode_image_chunk(tower.vision(), context, part.chunk, numbers, position, 0,
                                             (int32_t) batchSize(), &next, nullptr, nullptr),
              "reading the picture");
        position = next;
    }
    llama_synchronize(context);
    stands = position;
    return position;
}

bool Reader::keep(llama_pos position) {
    auto * memory = llama_get_memory(context);
    if (position <= 0) {
        llama_memory_clear(memory, false);
        stands = 0;
        marks[0] = marks[1] = -1;
        return true;
    }
    for (llama_seq_id s = 1; s < (llama_seq_id) sequences; s++) llama_memory_seq_rm(memory, s, -1, -1);
    if (!stateful) return llama_memory_seq_rm(memory, 0, position, -1);
    if (stands == position) return true;
    for (int which = 0; which < 2; which++) {
        if (marks[which] != position) continue;
        llama_memory_seq_rm(memory, 0, -1, -1);
        llama_memory_seq_cp(memory, (llama_seq_id) sequences + which, 0, -1, -1);
        stands = position;
        return true;
    }
    return false;
}

void Reader::mark(int which) {
    if (!stateful || which < 0 || which > 1) return;
    if (stands < 0) fail("engine", "what was read is not known");
    auto * memory = llama_get_memory(context);
    const auto sequence = (llama_seq_id) sequences + which;
    llama_memory_seq_rm(memory, sequence, -1, -1);
    llama_memory_seq_cp(memory, 0, sequence, -1, -1);
    marks[which] = stands;
}

void Reader::branch(int count) {
    if (count >= (int) sequences) fail("input", "too many branches");
    auto * memory = llama_get_memory(context);
    for (llama_seq_id s = 1; s <= count; s++) llama_memory_seq_cp(memory, 0, s, -1, -1);
}

Bytes Reader::memory() const {
    Bytes all;
    for (const auto & [type, bytes] : llama_get_memory_breakdown(context)) {
        all.model += (double) bytes.model;
        all.context += (double) bytes.context;
        all.compute += (double) bytes.compute;
    }
    return all;
}

} // namespace keeplight
