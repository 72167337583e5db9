// Takes a code from the address's fragment, which no server sees, into the field; offers to print.
(() => {
  const field = document.getElementById("code");
  const take = () => {
    const fragment = location.hash.slice(1);
    if (!fragment || document.getElementById(fragment)) return;
    history.replaceState(null, "", location.pathname);
    field.value = decodeURIComponent(fragment);
  };
  if (field) {
    take();
    addEventListener("hashchange", take);
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
