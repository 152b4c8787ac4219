// Text from elsewhere, made safe to show: telemetry/escaping.py's rule, a test holds both to each other. A browser runs
// no escape sequence, but it obeys controls of direction, and shows nothing for the others.
const UNSAFE = /(?![\n\t])[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu;

const unit = (code) => `\\u${code.toString(16).padStart(4, "0")}`;

export const escaped = (text) => String(text).replace(UNSAFE, (found) => Array.from({ length: found.length }, (_, at) => unit(found.charCodeAt(at))).join(""));
