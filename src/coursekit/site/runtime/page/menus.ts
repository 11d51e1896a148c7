/** Menu and search open from buttons, for keyboards and screen readers too; Escape closes them. */

export function makeMenus(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-opens]")) {
    const toggle = document.getElementById(button.dataset["opens"]!) as HTMLInputElement;
    button.addEventListener("click", () => toggle.click());
    toggle.addEventListener("change", () => {
      button.ariaExpanded = String(toggle.checked);
      if (toggle.checked && toggle.id === "__drawer") document.querySelector<HTMLElement>(".course a")?.focus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !toggle.checked) return;
      toggle.click();
      button.focus();
    });
  }
}
