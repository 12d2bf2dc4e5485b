// Building what is shown, and bringing it up to date without disturbing whoever reads it.
// Text from the daemon gets into the document as text nodes and attribute values only.

const svgSpace = "http://www.w3.org/2000/svg";
const handlers = ["onclick", "onsubmit", "oninput", "onchange", "onkeydown", "ontoggle"];
const controls = ["INPUT", "SELECT", "TEXTAREA", "BUTTON"];
const properties = ["value", "checked", "disabled", "indeterminate"];

const isNothing = (value) => value === undefined || value === null || value === false;

const isAttributes = (value) =>
  value !== null && typeof value === "object" && !(value instanceof Node) && !Array.isArray(value);

function filled(node, said) {
  const attributes = isAttributes(said[0]) ? said.shift() : {};
  const given = Object.entries(attributes).filter(([, value]) => !isNothing(value));
  const isProperty = (key) => controls.includes(node.nodeName) && properties.includes(key);
  for (const [key, value] of given) {
    if (handlers.includes(key)) node[key] = value;
    else if (!isProperty(key)) node.setAttribute(key, value === true ? "" : String(value));
  }
  const children = said.flat(Infinity).filter((child) => !isNothing(child));
  node.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  // After the children: what a list of choices has chosen is one of them.
  for (const [key, value] of given) if (isProperty(key)) node[key] = value;
  return node;
}

const maker = (create) =>
  new Proxy(
    {},
    {
      get:
        (_, tag) =>
        (...said) =>
          filled(create(tag), said),
    },
  );

/**
 * HTML elements: `h.p({ class: "note" }, "text", h.b("more"))`. Attributes may be left out;
 * children may be nested lists, and null or false where there is nothing to say.
 */
export const h = maker((tag) => document.createElement(tag));

/** The same for SVG. */
export const s = maker((tag) => document.createElementNS(svgSpace, tag));

const paths = {
  good: "M3 8.500 6.500 12 13 4.500",
  careful: "M8 1.500 15 14.500H1ZM8 6v4M8 12.200v.3",
  bad: "M8 1.200 14.800 8 8 14.800 1.200 8ZM8 4.800v4M8 11v.3",
  wait: "M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13ZM8 4.500V8l2.500 2",
  hand: "M4 2v12M12 2v12",
  run: "M4 2.500 13 8l-9 5.500Z",
  plain: "M8 5.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5Z",
};

/** A shape for a state: what it means is said in words beside it. */
export function icon(name) {
  return s.svg(
    { class: `icon ${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    s.path({ d: paths[name] ?? paths.plain }),
  );
}

/** Text from outside, in any script, without effect on what is around it. */
export function quote(text) {
  return h.bdi({}, String(text));
}

/** A state in a word, with a shape and a colour. */
export function badge(text, tone) {
  return h.span({ class: `badge tone-${toneClass(tone)}` }, icon(tone), quote(text));
}

const toneClass = (tone) => (["good", "careful", "bad"].includes(tone) ? tone : "plain");

/** A name or id from outside; where it is blank, that is to be seen. */
export function name(text) {
  const isBlank = String(text ?? "").trim() === "";
  return quote(isBlank ? `“${text ?? ""}”` : text);
}

function isSame(old, fresh) {
  return (
    old.nodeName === fresh.nodeName &&
    old.nodeType === fresh.nodeType &&
    keyOf(old) === keyOf(fresh)
  );
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null;
}

function updateElement(old, fresh) {
  if (old.takeOver) {
    old.takeOver(fresh);
    return;
  }
  for (const { name: attribute } of [...old.attributes]) {
    // Whether something is folded out is up to the reader.
    if (attribute === "open" && old.nodeName === "DETAILS") continue;
    if (!fresh.hasAttribute(attribute)) old.removeAttribute(attribute);
  }
  for (const { name: attribute, value } of fresh.attributes) {
    if (old.getAttribute(attribute) !== value) old.setAttribute(attribute, value);
  }
  for (const handler of handlers) {
    if (old[handler] !== fresh[handler]) old[handler] = fresh[handler];
  }
  updateChildren(old, [...fresh.childNodes]);
  if (!controls.includes(old.nodeName)) return;
  for (const property of properties) {
    if (!(property in fresh)) continue;
    const typing = property === "value" && old === document.activeElement;
    if (!typing && old[property] !== fresh[property]) old[property] = fresh[property];
  }
}

function updateChildren(place, fresh) {
  const wanted = new Set(fresh.map(keyOf));
  const keyed = new Map();
  for (const child of [...place.childNodes]) {
    const key = keyOf(child);
    if (key === null) continue;
    if (wanted.has(key)) keyed.set(key, child);
    else child.remove();
  }
  let next = place.firstChild;
  for (const child of fresh) {
    const known = keyed.get(keyOf(child));
    const old = known && isSame(known, child) ? known : next;
    if (old && isSame(old, child)) {
      if (old === next) next = next.nextSibling;
      else place.insertBefore(old, next);
      keyed.delete(keyOf(child));
      if (old.nodeType === Node.ELEMENT_NODE) updateElement(old, child);
      else if (old.data !== child.data) old.data = child.data;
    } else {
      place.insertBefore(child, next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

/**
 * Makes `place` hold what `fresh` says, and keeps every node that is still right: focus, selection,
 * scroll position and what is folded out stay as they are. An element with a method `takeOver` is
 * given its successor and looks after itself.
 */
export function show(place, ...fresh) {
  updateChildren(place, [...h.div(...fresh).childNodes]);
}
