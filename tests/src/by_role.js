// Elements by role and accessible name, near enough to what assistive technology sees for a test
// to find a control as a person would. `byRole(role, name)`: visible matches, in document order.
const implicitRole = (el) => {
  const tag = el.localName, type = (el.getAttribute("type") || "text").toLowerCase();
  if (tag === "input") {
    if (["button", "submit", "reset", "image"].includes(type)) return "button";
    if (["checkbox", "radio"].includes(type)) return type;
    if (type === "range") return "slider";
    return type === "file" ? "file" : el.hasAttribute("list") ? "combobox" : "textbox";
  }
  if (tag === "a") return el.hasAttribute("href") ? "link" : null;
  if (tag === "select") return el.multiple ? "listbox" : "combobox";
  if (/^h[1-6]$/.test(tag)) return "heading";
  return {
    button: "button", textarea: "textbox", dialog: "dialog", img: "img", svg: null, video: "video",
    ul: "list", ol: "list", li: "listitem", fieldset: "group", details: "group", output: "status",
    nav: "navigation", main: "main", progress: "progressbar", meter: "meter", summary: "button",
  }[tag] ?? null;
};
const roleOf = (el) => {
  const role = (el.getAttribute("role") || "").trim().split(/\s+/)[0] || implicitRole(el);
  return role === "image" ? "img" : role;
};
const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
const contentOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return "";
  if (node.hidden) return "";
  return node.getAttribute("aria-label") || node.getAttribute("alt")
    || [...node.childNodes].map(contentOf).join(" ");
};
const nameOf = (el) => {
  const by = (el.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
    .map((id) => document.getElementById(id)).filter(Boolean).map(contentOf).join(" ");
  if (fold(by)) return fold(by);
  if (fold(el.getAttribute("aria-label"))) return fold(el.getAttribute("aria-label"));
  const labels = [...(el.labels || [])].map((label) =>
    [...label.childNodes].filter((child) => child !== el && !child.contains?.(el)).map(contentOf).join(" ")
      || contentOf(label));
  if (fold(labels.join(" "))) return fold(labels.join(" "));
  if (el.localName === "fieldset") return fold(el.querySelector(":scope > legend")?.textContent);
  if (el.localName === "svg") return fold(el.querySelector(":scope > title")?.textContent);
  if (el.localName === "img") return fold(el.getAttribute("alt") || el.title);
  if (["button", "link", "heading", "alert", "status"].includes(roleOf(el)) && fold(contentOf(el)))
    return fold(contentOf(el));
  return fold(el.title || el.getAttribute("placeholder"));
};
const shown = (el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest("[inert]")
  && !el.closest('[aria-hidden="true"]');
const byRole = (role, name, hiddenToo) => [...document.querySelectorAll("*")].filter((el) =>
  roleOf(el) === role && (name === null || nameOf(el) === name) && (hiddenToo || shown(el)));
