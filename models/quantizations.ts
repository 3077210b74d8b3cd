/** The forms in which weights are kept: what may be asked for, llama.cpp's number of it, and how large it becomes. */
export const QUANTIZATIONS = {
  Q4_K_M: { fileType: 15, bits: 5.1 },
  Q5_K_M: { fileType: 17, bits: 5.9 },
  Q6_K: { fileType: 18, bits: 6.7 },
  Q8_0: { fileType: 7, bits: 8.6 },
  F16: { fileType: 1, bits: 16 },
  F32: { fileType: 0, bits: 32 },
} as const satisfies Readonly<
  Record<
    string,
    {
      /** `enum llama_ftype` in llama.h. */
      fileType: number;
      /** Bits a weight with some room: the quantizer keeps a few tensors finer. */
      bits: number;
    }
  >
>;
export type Quantization = keyof typeof QUANTIZATIONS;

export const QUANTIZATION_NAMES = Object.keys(QUANTIZATIONS) as readonly Quantization[];
