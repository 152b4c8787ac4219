// How figures, times and names are written.

const digits = new Map();
function decimals(currency) {
  if (!digits.has(currency)) {
    let found = 2;
    try { found = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits; } catch { /* no such currency */ }
    digits.set(currency, found);
  }
  return digits.get(currency);
}

export const count = (number) => (number === null || number === undefined ? "–" : number.toLocaleString("en"));
export function money(amount) {
  const places = decimals(amount.currency_code);
  return `${(amount.minor_units / 10 ** places).toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places })} ${amount.currency_code}`;
}
// The services write amounts by the currency's smallest unit, for they know no currency's digits.
export const plain = (text) => text.replace(/(\d+) ([A-Z]{3}) minor units/g, (_, units, currency) => money({ minor_units: Number(units), currency_code: currency }));
export const rate = (number) => (number === null || number === undefined ? "–" : number >= 100 ? count(Math.round(number)) : number.toFixed(number && number < 10 ? 1 : 0));
export const time = (text) => new Date(text).toLocaleTimeString("en-GB", { hour12: false });
export const moment = (text) => { const at = new Date(text); return `${at.toLocaleDateString("sv")} ${time(text)}.${String(at.getMilliseconds()).padStart(3, "0")}`; };
export function gap(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return duration(ms / 1000);
}
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86400)} d`;
}
export const stateOf = (thing) => thing.state.replace("ORDER_STATE_", "");
export const reasonOf = (order) => { const name = (order.cancel_reason ?? "").replace("CANCEL_REASON_", ""); return name === "UNSPECIFIED" ? "" : name; };
export const words = (name) => name.toLowerCase().replaceAll("_", " ");
export const short = (id) => id.slice(-12);
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
