// Numbers, instants and sizes for people. Instants are shown in the reader's zone or in UTC.

import { h } from "./dom.js";

const zoneKey = "rosterd-utc";
const numbers = new Intl.NumberFormat("en-GB");
const fewDigits = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 2 });

/** What a browser may refuse to keep is simply not kept. */
export const kept = {
  get(key) {
    try {
      return localStorage.getItem(key) ?? "";
    } catch {
      return "";
    }
  },
  set(key, text) {
    try {
      localStorage.setItem(key, text);
    } catch {
      // Private windows may have no storage.
    }
  },
};

export const zone = {
  isUtc: () => kept.get(zoneKey) === "yes",
  toggle: () => kept.set(zoneKey, zone.isUtc() ? "" : "yes"),
  name: () => (zone.isUtc() ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone),
};

export function count(value) {
  return typeof value === "number" ? numbers.format(value) : "–";
}

/** `counted(2, "person", "people")`: `2 people`. */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A number that is not counted but measured. */
export function measured(value) {
  if (typeof value !== "number") return "–";
  return Math.abs(value) >= 100 ? numbers.format(Math.round(value)) : fewDigits.format(value);
}

export function bytes(value) {
  if (typeof value !== "number") return "–";
  if (value < 1024) return `${value} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let rest = value / 1024;
  while (rest >= 1024 && units.length > 1) {
    rest /= 1024;
    units.shift();
  }
  return `${rest < 10 ? rest.toFixed(1) : numbers.format(Math.round(rest))} ${units[0]}`;
}

/** The two largest units: `2 h 5 min`, `340 ms`. */
export function duration(seconds) {
  if (typeof seconds !== "number") return "–";
  if (seconds === 0) return "0 s";
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const units = [
    ["d", 86400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ];
  let rest = Math.round(seconds);
  const parts = [];
  for (const [unit, size] of units) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0) parts.push(`${numbers.format(whole)} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

function fields(date) {
  const text = (value) => String(value).padStart(2, "0");
  const [year, month, day, hour, minute, second] = zone.isUtc()
    ? [
        date.getUTCFullYear(),
        date.getUTCMonth(),
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]
    : [
        date.getFullYear(),
        date.getMonth(),
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
      ];
  return {
    day: `${year}-${text(month + 1)}-${text(day)}`,
    minute: `${text(hour)}:${text(minute)}`,
    second: `${text(hour)}:${text(minute)}:${text(second)}`,
  };
}

/** `14:05:09`, with the day before it unless that is today. */
export function clockText(date, now = new Date()) {
  const { day, second } = fields(date);
  return day === fields(now).day ? second : `${day} ${second}`;
}

export function minuteText(date) {
  return fields(date).minute;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `14:05`, for axes; at midnight the day. */
export function tickText(date) {
  const { day, minute } = fields(date);
  return minute === "00:00"
    ? `${Number(day.slice(-2))} ${months[Number(day.slice(5, 7)) - 1]}`
    : minute;
}

/** Seconds by which the shown zone is before or behind UTC at that moment. */
export function zoneOffset(date) {
  return zone.isUtc() ? 0 : -date.getTimezoneOffset() * 60;
}

/** An instant of the API, in full. */
export function instant(text) {
  if (!text) return "–";
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return h.time({ datetime: text, title: text }, clockText(date));
}

export function secondsSince(text, now = Date.now()) {
  return text ? Math.max(0, (now - new Date(text).getTime()) / 1000) : null;
}

/** `12 min ago`, `in 3 h`. */
export function relative(text, now = Date.now()) {
  if (!text) return "–";
  const seconds = (now - new Date(text).getTime()) / 1000;
  if (Number.isNaN(seconds)) return text;
  const coarse = duration(Math.round(Math.abs(seconds)))
    .split(" ")
    .slice(0, 2)
    .join(" ");
  const said = seconds >= 0 ? `${coarse} ago` : `in ${coarse}`;
  return h.time({ datetime: text, title: text }, Math.abs(seconds) < 1 ? "now" : said);
}

/** `an_orphan_account` → `an orphan account`. */
export function spaced(text) {
  return String(text ?? "").replaceAll("_", " ");
}
