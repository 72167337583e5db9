// Saves each answer as it is given, and what is not saved yet on leaving; the page works without it.
(() => {
  const form = document.getElementById("theme");
  const note = form.querySelector("[data-saved]");
  let waiting = 0;
  let underway = new AbortController();

  // An older save that is still on its way may not arrive behind a newer one.
  const settle = () => {
    clearTimeout(waiting);
    waiting = 0;
    underway.abort();
  };

  const save = async () => {
    settle();
    underway = new AbortController();
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Autosave": "1" },
        keepalive: true,
        signal: underway.signal,
      });
      note.textContent = answer.status === 204 ? form.dataset.autosave : "";
    } catch {
      note.textContent = "";
    }
  };

  const saveNow = () => {
    if (waiting) save();
  };

  form.addEventListener("input", (event) => {
    const skip = event.target.closest(".question")?.querySelector("input[value='-'][type=checkbox]");
    if (skip && event.target === skip && skip.checked) {
      for (const box of skip.closest(".question").querySelectorAll("input")) {
        if (box !== skip) box.type === "checkbox" ? (box.checked = false) : (box.value = "");
      }
    } else if (skip && event.target !== skip) {
      skip.checked = false;
    }
    clearTimeout(waiting);
    waiting = setTimeout(save, 300);
  });
  form.addEventListener("submit", settle);
  addEventListener("pagehide", saveNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") saveNow();
  });
})();
