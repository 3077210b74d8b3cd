/**
 * Takes WebRTC away from the page before anything else runs. It is the one way out that the content security policy of
 * today's browsers does not close, and nothing here needs it. Where the browser knows Connection-Allowlist (serve.ts), that
 * closes it as well, also in frames.
 */
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'RTCIceTransport']) {
  Object.defineProperty(window, name, { value: undefined, writable: false, configurable: false });
}
