// Tells the site, when its reader leaves, how long a page was looked at and whether its end was on the screen.
// No cookie, nothing kept here, nobody else asked. The page works the same without it.
(() => {
  const { page, to } = document.currentScript.dataset, [token, least] = page.split(" ");
  const article = document.querySelector("main article");
  let seconds = 0, since = document.hidden ? 0 : performance.now(), end = 0, told = 0;
  const look = () => { if (article.getBoundingClientRect().bottom <= innerHeight + 1) end = 1; };
  const tell = () => {
    if (since) seconds += (performance.now() - since) / 1000;
    since = 0;
    look();
    const state = end && seconds >= least ? 2 : 1;
    if (state <= told) return;
    told = state;
    let from = "";
    try { from = new URL(document.referrer).hostname; } catch { /* nowhere */ }
    navigator.sendBeacon(to, new URLSearchParams({
      page: token, seconds: seconds.toFixed(1), end, from, path: location.pathname, query: location.search,
    }));
  };
  if (!article || !navigator.sendBeacon) return;
  look();
  addEventListener("scroll", look, { passive: true });
  addEventListener("resize", look);
  addEventListener("pagehide", tell);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell(); else since = performance.now(); });
})();
