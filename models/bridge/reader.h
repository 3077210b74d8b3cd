/*
 * The language model's context: reads tokens and pictures into sequences that share one cache, forgets them again, and
 * tells the logits that were asked for. Knows nothing of JavaScript.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "llama.h"
#include "tower.h"

namespace keeplight {

struct ReaderOptions {
    int threads = 1;
    uint32_t contextSize = 2048;
    /** Tokens that are computed at once. */
    uint32_t batchSize = 512;
    /** Sequences that may share the context, at most 32. */
    uint32_t sequences = 9;
    /** Keys and values in full precision and no flash attention: slower, for comparisons with a reference. */
    bool exact = false;
    /** Added to the model's weights times `adapterScale`; null: nothing. Outlives the reader. */
    llama_adapter_lora * adapter = nullptr;
    float adapterScale = 1;
};

/** Tokens to be read, each at a position and in the sequences of its bits. */
class Batch {
  public:
    void add(llama_token token, llama_pos position, uint32_t sequences, bool output);

  private:
    friend class Reader;
    std::vector<llama_token> tokens;
    std::vector<llama_pos> positions;
    std::vector<uint32_t> sequences;
    std::vector<int8_t> outputs;
};

struct Bytes {
    double model = 0, context = 0, compute = 0;
};

/** Every reading fails with `stopped` once `stopping` is set (on the CPU at the next graph node), `full` or `engine`. */
class Reader {
  public:
    /** Fails with `context`. */
    Reader(llama_model * model, const ReaderOptions & options, std::atomic<bool> & stopping);
    ~Reader();
    Reader(const Reader &) = delete;
    Reader & operator=(const Reader &) = delete;

    uint32_t contextSize() const { return llama_n_ctx(context); }
    uint32_t batchSize() const { return llama_n_batch(context); }

    /** Reads tokens. @param what for the sentence when it fails. */
    void read(Batch & batch, const char * what);
    /** Reads tokens. @returns for each output token the log of the sum of exponentials of all logits, then the words'. */
    std::vector<float> read(Batch & batch, const char * what, const std::vector<llama_token> & words);
    /** Reads the picture that was looked at last into sequence 0. @returns the position after it. */
    llama_pos place(const Tower & tower, llama_pos position);

    /**
     * Forgets everything from `position` on, and all branches. @returns false where the model cannot forget a part: one
     * with a running state (linear attention) goes back to where it stands or to a mark, nowhere else.
     */
    bool keep(llama_pos position);
    /** Remembers where sequence 0 stands, 0 or 1: what keep() may come back to. Nothing where every position will do. */
    void mark(int which);
    bool rewindsAnywhere() const { return !stateful; }
    /** Sequences 1…count go on where sequence 0 stands, sharing its cells. */
    void branch(int count);

    void setThreads(int threads) { llama_set_n_threads(context, threads, threads); }
    Bytes memory() const;
    llama_context * engine() const { return context; }

  private:
    std::atomic<bool> & stopping;
    const llama_vocab * vocab;
    uint32_t sequences;
    /** The model carries a state from token to token, of which no part can be taken back. */
    bool stateful;
    /** Position after the last token of sequence 0; -1 when a reading failed midway and its state is not known. */
    llama_pos stands = 0;
    /** Positions that are kept in the sequences after the callers'; -1 for none. */
    llama_pos marks[2] = {-1, -1};
    llama_context * context = nullptr;

    void run(Batch & batch, const char * what, const std::vector<llama_token> * words, std::vector<float> * rows);
    void check(int32_t result, const char * what) const;
};

} // namespace keeplight
