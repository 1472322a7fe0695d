// What the driver asks of a page. It runs in a world of its own: the page's scripts see none of it and can't bend what it uses; only the
// document is shared.
globalThis.fineprint = (() => {
  // What holds words that are no text of the page.
  const SILENT = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "IFRAME", "svg"]);

  // Every node that may be shown, those in open shadow roots included.
  function* nodes(root) {
    const shown = (node) => (SILENT.has(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, shown);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      yield node;
      if (node.shadowRoot) yield* nodes(node.shadowRoot);
    }
  }

  // The open shadow roots, wherever they hang.
  const shadows = () => {
    const found = [];
    for (const node of nodes(document)) if (node.shadowRoot) found.push(node.shadowRoot);
    return found;
  };

  // How much text there is, and a number that is another one where the text or its elements are others. Digits count for nothing: a clock
  // that ticks is no change.
  const look = () => {
    let letters = 0;
    let shape = 0;
    for (const node of document.body ? nodes(document.body) : []) {
      if (node.nodeType === Node.ELEMENT_NODE) {
        shape = (Math.imul(shape, 31) + 1) | 0;
        continue;
      }
      const text = node.data;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code <= 32 || (code >= 48 && code <= 57)) continue;
        letters++;
        shape = (Math.imul(shape, 31) + code) | 0;
      }
    }
    return { letters, shape, loading: document.readyState === "loading" };
  };

  // The document as markup, its open shadow roots as templates; null where it is longer than `most`.
  const take = (most) => {
    const root = document.documentElement;
    if (!root) return { markup: "" };
    const shell = root.cloneNode(false).outerHTML;
    const end = shell.lastIndexOf("</");
    const inner = root.getHTML({ serializableShadowRoots: true, shadowRoots: shadows() });
    const doctype = document.doctype ? "<!DOCTYPE html>\n" : "";
    return { markup: inner.length > most ? null : doctype + shell.slice(0, end) + inner + shell.slice(end) };
  };

  return { nodes, shadows, look, take };
})();
