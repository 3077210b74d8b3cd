export function Shortcuts({ onClose }: { onClose: () => void }) {
  void onClose;
  return null;
}
