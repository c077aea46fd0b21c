// What the terminal in the page leaves to it.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  document.querySelector("#again").addEventListener("click", () => window.location.reload());
});

// The terminal is there once its own script has seen the page loaded.
window.addEventListener("load", () => document.querySelector(".xterm-helper-textarea").focus());
