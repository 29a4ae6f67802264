// What the Tab key should reach, and where it is. The audit calls the three functions one after the other.

window.keyboard = (() => {
  const PRESSABLE =
    "a[href], area[href], button, input, select, textarea, summary, iframe, " +
    "audio[controls], video[controls], [tabindex]";
  let wanted = new Set();

  function named(element) {
    const text = (element.textContent || element.name || element.getAttribute("aria-label") || "").trim();
    return `<${element.tagName.toLowerCase()}> “${text.slice(0, 40)}”`;
  }

  function isShown(element) {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    const closed = element.parentElement.closest("details:not([open])");
    return !closed || closed.querySelector(":scope > summary")?.contains(element);
  }

  // Of a group of choices one is reached with Tab, its neighbours with the arrows.
  function representative(element) {
    if (element.type !== "radio") return element;
    return [...document.querySelectorAll("input[type=radio]")].find(
      (one) => one.name === element.name && one.form === element.form,
    );
  }

  function collect() {
    const all = [...document.querySelectorAll(PRESSABLE)].filter(
      (element) => !element.disabled && element.type !== "hidden" && element.tabIndex >= 0 && isShown(element),
    );
    wanted = new Set(all.map(representative));
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    return wanted.size;
  }

  // What lies over the middle of an element's first line, if it is not a part of it or of its label.
  function isCovered(element) {
    const line = element.getClientRects()[0];
    const across = Math.min(Math.max(line.left + line.width / 2, 1), innerWidth - 1);
    const down = Math.min(Math.max(line.top + line.height / 2, 1), innerHeight - 1);
    const top = document.elementFromPoint(across, down);
    const parts = [element, ...(element.labels || [])];
    return Boolean(top) && !top.contains(element) && !parts.some((part) => part.contains(top));
  }

  function faults(element) {
    const found = [];
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    if (!isOutlined && style.boxShadow === "none" && element.tagName !== "IFRAME") found.push("has no mark of focus");
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) {
      found.push("is out of sight");
    } else if (box.width && box.height && isCovered(element)) {
      found.push("is covered");
    }
    return found.map((fault) => `${named(element)} ${fault}`);
  }

  function reached() {
    const element = document.activeElement;
    // After the last one comes the browser's own window, or the first one again.
    const isNew = Boolean(element) && wanted.delete(representative(element));
    return { isNew, faults: isNew ? faults(element) : [] };
  }

  return { collect, reached, left: () => [...wanted].map((element) => `${named(element)} is not reached`) };
})();
