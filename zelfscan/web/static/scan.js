// Saves each answer as it is given, and again on leaving; the page works without it.
(() => {
  const form = document.getElementById("theme");
  const note = form.querySelector("[data-saved]");
  let waiting = 0;

  const save = async () => {
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Autosave": "1" },
        keepalive: true,
      });
      note.textContent = answer.ok ? form.dataset.autosave : "";
    } catch {
      note.textContent = "";
    }
  };

  form.addEventListener("change", (event) => {
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
})();
