// What the terminal in the page leaves to it.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  document.querySelector("#again").addEventListener("click", () => window.location.reload());
});
