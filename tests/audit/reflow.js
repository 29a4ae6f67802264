// How wide the page is and what makes it so, or nothing where it fits.

window.widerThanTheWindow = () => {
  const page = document.documentElement;
  if (page.scrollWidth <= innerWidth) return "";

  const isCut = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      if (getComputedStyle(above).overflowX !== "visible") return true;
    }
    return false;
  };
  const isOutside = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.left < -1 || box.right > innerWidth + 1);
  };
  const named = (element) => [element.tagName.toLowerCase(), ...element.classList].join(".");

  const outside = [...document.body.querySelectorAll("*")].filter((one) => isOutside(one) && !isCut(one));
  return `${page.scrollWidth} > ${innerWidth} px: ${outside.slice(-3).map(named).join(", ") || "the page"}`;
};
