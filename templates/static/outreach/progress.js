// Keeps the page of a running broadcast up to date. Without it, the page reloads itself.

const HIDDEN_TAB = 30000; // milliseconds between looks that nobody sees
const SLOW_ANSWER = 10; // an answer that took long is not asked for again before ten times as long
const LONGEST = 60000;

const said = document.querySelector("[data-live-said]");
const lost = document.querySelector("[data-live-lost]");
const out = document.querySelector("[data-live-out]");
const page = document.querySelector("[data-live]");
let failures = 0;
let timer = 0;

// Each answer brings other tokens against forgery, which say nothing new.
const content = (part) => part.innerHTML.replace(/csrfmiddlewaretoken" value="\w*"/g, "");

function replace(old, fresh) {
  const open = [...old.querySelectorAll("details[open]")].map((each) => each.id);
  for (const id of open) fresh.querySelector(`[id="${id}"]`)?.setAttribute("open", "");
  if (content(old) === content(fresh)) return;
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  // What somebody is about to press must not move away: unless it can be found again, its part waits.
  if (held && !(held.id && fresh.querySelector(`[id="${held.id}"]`))) return;
  old.replaceChildren(...fresh.childNodes);
  if (held) document.getElementById(held.id).focus({ preventScroll: true });
}

function show(fresh) {
  const parts = [...fresh.querySelectorAll("[data-live-part]")];
  const known = [...page.querySelectorAll("[data-live-part]")];
  if (parts.map((part) => part.dataset.livePart).join() === known.map((part) => part.dataset.livePart).join()) {
    parts.forEach((part, place) => replace(known[place], part));
  } else {
    page.replaceChildren(...fresh.childNodes);
  }
  if (page.dataset.liveMilestone !== fresh.dataset.liveMilestone) said.textContent = fresh.dataset.liveMilestone;
  page.dataset.liveMilestone = fresh.dataset.liveMilestone;
  page.dataset.liveEvery = fresh.dataset.liveEvery;
}

async function look() {
  const began = performance.now();
  try {
    const answer = await fetch(page.dataset.live, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (answer.redirected || answer.status === 403) {
      out.hidden = false;
      return;
    }
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    show(document.adoptNode(fresh));
    failures = 0;
  } catch {
    failures += 1;
  }
  // One miss says nothing.
  lost.hidden = failures < 2;
  plan(performance.now() - began);
}

function plan(took = 0) {
  clearTimeout(timer);
  const every = Number(page.dataset.liveEvery);
  if (!every) return;
  const wait = Math.max(every, took * SLOW_ANSWER, document.hidden ? HIDDEN_TAB : 0) * 2 ** failures;
  timer = setTimeout(look, Math.min(wait, LONGEST));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Number(page.dataset.liveEvery) && out.hidden) look();
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-live-once]")) delete form.dataset.sent;
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-live-once]");
  if (!form) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

plan();
