/* Takes the next token from what the model thinks likely. Knows nothing of JavaScript. */
#pragma once

#include <cstdint>
#include <string>

#include "llama.h"

namespace keeplight {

struct SamplerOptions {
    /** 0 = always the likeliest. */
    float temperature = 0;
    int32_t topK = 40;
    float topP = 1;
    /** Of the last tokens; 1 = none. */
    float repeatPenalty = 1;
    uint32_t seed = 1;
};

struct Sampled {
    llama_token token = -1;
    /** It ends the answer. */
    bool end = false;
    /** Its bytes: of text, maybe of half a character. */
    std::string piece;
};

class Sampler {
  public:
    Sampler(const llama_vocab * vocab, const SamplerOptions & options);
    ~Sampler();
    Sampler(const Sampler &) = delete;
    Sampler & operator=(const Sampler &) = delete;

    /** @param context has just read a batch whose last token is an output. */
    Sampled take(llama_context * context);

  private:
    const llama_vocab * vocab;
    llama_sampler * chain;
};

} // namespace keeplight
