/* The vision tower and its projector: a picture becomes tokens that stand among words. Knows nothing of JavaScript. */
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "llama.h"
#include "mtmd.h"

namespace keeplight {

struct TowerOptions {
    /** Path of the projector. */
    std::string file;
    bool useGpu = false;
    int threads = 1;
    /** Upper bound of a picture's tokens where that follows its size; 0 = the model's own. */
    int32_t mostTokens = 0;
    /** No flash attention: slower, for comparisons with a reference. */
    bool exact = false;
};

/** What looking at a picture gave. */
struct Seen {
    size_t tokens = 0;
    llama_pos positions = 0;
    /** Mean, then standard deviation, of the projected tokens. */
    std::vector<float> features;
    /** All projected tokens one after the other, when asked for. */
    std::vector<float> all;
    /** Special tokens that the model wants before and after the picture. */
    std::vector<llama_token> before, after;
};

/** A stretch of a picture as the model reads it: projected tokens, or words around them. */
struct Part {
    const mtmd_input_chunk * chunk = nullptr;
    /** Of a stretch of words; else empty. */
    std::vector<llama_token> words;
    /** Of a stretch of the picture; else empty. */
    std::vector<float> embeddings;
};

class Tower {
  public:
    /** Loads the projector. Fails with `mmproj`. */
    Tower(llama_model * model, const TowerOptions & options);
    ~Tower();
    Tower(const Tower &) = delete;
    Tower & operator=(const Tower &) = delete;

    /** Looks at an RGB picture, three bytes a pixel. Fails with `input`, `engine`, or `stopped` between two parts. */
    Seen look(const std::vector<uint8_t> & rgb, uint32_t width, uint32_t height, bool keepAll,
              const std::atomic<bool> & stopping);

    /** Of the picture that was looked at last. */
    const std::vector<Part> & parts() const { return lastParts; }
    mtmd_context * vision() const { return context; }

  private:
    int width; // of the model's embeddings
    mtmd_context * context = nullptr;
    mtmd_input_chunks * chunks = nullptr; // of the picture that was looked at last
    std::vector<Part> lastParts;
};

} // namespace keeplight
