// Opens what is folded, one press at a time, and brings back at the end what a press took away. Runs in the world of look.js.
Object.assign(globalThis.fineprint, (() => {
  // What says that there is more, as the whole of a button's words.
  const MORE = [
    // English
    /^(?:show|read|see|view|load|expand|display|open|reveal|unfold)(?: (?:all|more|everything|full|complete|entire|whole|details|rest|the (?:full|complete|entire|whole|rest))\b.*)$/u,
    /^(?:expand|unfold|continue reading|keep reading|more|more details|full (?:text|terms|version))$/u,
    // French
    /^(?:afficher|voir|lire|montrer|dérouler|développer|déplier|ouvrir|charger) (?:plus|tout|toute?s?|la suite|davantage|l['’]intégralité|le (?:texte|reste)|en entier)\b.*$/u,
    /^(?:tout (?:afficher|voir|lire|déplier|développer|dérouler|ouvrir)|en (?:lire|voir) plus|dérouler|développer|déplier)$/u,
    // German
    /^(?:mehr|alles?|vollständigen?|ganzen|weitere)(?: \p{L}+)? (?:anzeigen|zeigen|lesen|einblenden|ausklappen|aufklappen|öffnen|laden|ansehen)$/u,
    /^(?:weiterlesen|ausklappen|aufklappen|mehr|einblenden)$/u,
    // Spanish
    /^(?:ver|mostrar|leer|expandir|desplegar|abrir|cargar) (?:más|todo|todos|todas|completo|el (?:texto|resto)|la versión completa)\b.*$/u,
    /^(?:seguir leyendo|continuar leyendo|expandir|desplegar)$/u,
    // Italian
    /^(?:mostra|leggi|vedi|visualizza|espandi|apri|carica) (?:tutto|tutti|tutte|di più|altro|il (?:testo|resto)|la versione completa)\b.*$/u,
    /^(?:continua a leggere|espandi)$/u,
    // Portuguese
    /^(?:ver|mostrar|ler|leia|expandir|exibir|abrir|carregar) (?:mais|tudo|todos|todas|completo|o (?:texto|resto)|a versão completa)\b.*$/u,
    /^(?:continuar (?:lendo|a ler|leitura)|expandir)$/u,
    // Dutch
    /^(?:meer|alles|alle|volledige|hele)(?: \p{L}+)? (?:tonen|weergeven|lezen|bekijken|uitklappen|openen|laden)$/u,
    /^(?:toon|lees|bekijk|laad|open) (?:meer|alles|alle|verder|de (?:volledige|hele|rest))\b.*$/u,
    /^uitklappen$/u,
    // Polish
    /^(?:pokaż|czytaj|zobacz|rozwiń|wyświetl|załaduj|otwórz) (?:więcej|wszystko|wszystkie|całość|cały|pełn\p{L}+|dalej|resztę)(?: .*)?$/u,
    /^(?:rozwiń|więcej)$/u,
    // Ukrainian
    /^(?:показати|читати|переглянути|розгорнути|завантажити|відкрити|дивитися) (?:більше|все|усе|всі|усі|ще|далі|повн\p{L}+|повністю|решту)(?: .*)?$/u,
    /^(?:розгорнути|більше|читати далі)$/u,
  ];
  // What somebody else decides, or what leads away.
  const NEVER =
    /^(?:i )?(?:accept|agree|allow|consent|reject|decline|refuse|buy|order|pay|checkout|subscribe|sign (?:in|up|out|on)|log ?(?:in|out)|register|join|download|delete|remove|submit|send|share|print|play|close|dismiss|cancel|upgrade|start|try|accepter|refuser|acheter|s['’]inscrire|se connecter|télécharger|annuler|akzeptieren|zustimmen|ablehnen|kaufen|bestellen|anmelden|registrieren|abbrechen|aceptar|acepto|rechazar|comprar|iniciar sesión|registrarse|descargar|cancelar|accetto|accetta|rifiuta|acquista|accedi|iscriviti|scarica|annulla|aceitar|aceito|recusar|entrar|cadastrar|baixar|accepteren|akkoord|weigeren|kopen|inloggen|aanmelden|downloaden|annuleren|akceptuję|akceptuj|zgadzam się|odrzuć|kup|zaloguj|zarejestruj|pobierz|anuluj|прийняти|приймаю|погоджуюся|відхилити|купити|увійти|зареєструватися|завантажити файл|скасувати)(?![\p{L}\p{N}])/u;
  // Parts of a page that are not its text, by role and by name.
  const AROUND =
    "nav,header,footer,dialog,[role=navigation],[role=banner],[role=contentinfo],[role=menu],[role=menubar],[role=dialog],[role=alertdialog],[role=search],[role=listbox],[role=toolbar],[role=tablist]";
  const NAMED =
    /(?:^|[\s_-])(?:nav|navbar|navigation|menu|megamenu|dropdown|cookies?|consent|gdpr|ccpa|onetrust|didomi|usercentrics|cybot|cookiebot|cmp|toolbar|search|languages?|locale|breadcrumbs?|modal|dialog|popup|chat|share|social|login|signin|signup|newsletter|carousel|slider|player)(?:[\s_-]|$)/i;
  // Fewer letters than these are a spinner or a label, and not brought back.
  const FEW_LETTERS = 60;
  // So many letters of a text tell whether it still stands somewhere.
  const TELLING = 80;

  const pressed = new Set();
  const pressedAgain = new Set();
  // Those that opened when pressed; one of them that is folded later was closed by a neighbour.
  const opened = new Set();
  // What went away since the first press, by parent, in the order of its going.
  const gone = [];
  const here = location.pathname + location.search;
  let current = null;

  const squeezed = (text) => text.replace(/\s+/g, " ").trim();
  // The text of a subtree without what scripts and data hold, where the same words may stand.
  const textOf = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return squeezed(root.data);
    let text = "";
    for (const node of globalThis.fineprint.nodes(root)) if (node.nodeType === Node.TEXT_NODE) text += node.data;
    return squeezed(text);
  };
  const isFolded = (element) => element.getAttribute("aria-expanded") === "false";

  const observer = new MutationObserver((records) => {
    const groups = new Map();
    for (const { type, target, removedNodes, nextSibling } of records) {
      if (type === "attributes") {
        if (pressed.has(target) && target.getAttribute("aria-expanded") === "true") opened.add(target);
        continue;
      }
      for (const node of removedNodes) {
        if (!groups.has(target)) groups.set(target, { parent: target, trigger: current, nodes: [], words: "" });
        const group = groups.get(target);
        group.nodes.push({ node, next: nextSibling });
        const words = textOf(node);
        if (words.length > group.words.length) group.words = words;
      }
    }
    for (const group of groups.values()) if (group.words.length >= FEW_LETTERS) gone.push(group);
  });
  const watch = () => {
    const what = { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-expanded"] };
    for (const root of [document, ...globalThis.fineprint.shadows()]) observer.observe(root, what);
  };

  // Whether an element stands around the text and not in it. What holds most of the page is the page, whatever it is called.
  const isAside = (element) => {
    const all = document.body.textContent.length;
    for (let up = element; up && up !== document.body && up !== document.documentElement; up = up.parentElement ?? up.getRootNode().host) {
      const name = `${up.id} ${up.getAttribute("class") ?? ""}`.replace(/(\p{Ll})(\p{Lu})/gu, "$1-$2");
      const inText = up.matches("header,footer") && up.parentElement?.closest("main,article,section");
      if (((up.matches(AROUND) && !inText) || NAMED.test(name)) && up.textContent.length * 2 < all) return true;
    }
    return false;
  };

  const words = (element) => squeezed(element.innerText || element.value || element.getAttribute("aria-label") || "").toLowerCase();
  const leadsAway = (element) => {
    const link = element.closest("a[href]");
    return link !== null && !/^#(?![/!])/.test(link.getAttribute("href"));
  };
  const submits = (element) => Boolean(element.form) && element.type !== "button";

  const isPressable = (element) => {
    if (element.matches("select,textarea,summary,input:not([type=button]),[role=combobox],[role=tab],[role=menuitem],[role=switch]")) return false;
    const popup = element.getAttribute("aria-haspopup");
    if (popup !== null && popup !== "false") return false;
    if (element.disabled || element.getAttribute("aria-disabled") === "true" || !element.checkVisibility()) return false;
    if (leadsAway(element) || submits(element) || isAside(element)) return false;
    const said = words(element);
    if (NEVER.test(said)) return false;
    const plain = said.replace(/[^\p{L}\p{N}'’ ]+/gu, " ").replace(/ +/g, " ").trim();
    return isFolded(element) || (plain.length <= 60 && MORE.some((more) => more.test(plain)));
  };

  const candidates = function* () {
    for (const node of globalThis.fineprint.nodes(document)) {
      if (node.nodeType === Node.ELEMENT_NODE && node.matches("[aria-expanded=false],button,[role=button],a,input[type=button]")) yield node;
    }
  };

  const click = (element) => {
    current = element;
    watch();
    element.click();
    return true;
  };

  // Opens every <details>; one of a group would close the others.
  const openDetails = () => {
    let some = false;
    for (const node of globalThis.fineprint.nodes(document)) {
      if (node.nodeName !== "DETAILS" || node.open) continue;
      node.removeAttribute("name");
      node.open = some = true;
    }
    return some;
  };

  // Presses the next thing that is folded and was not pressed before; false where there is none.
  const press = () => {
    for (const element of candidates()) {
      if (pressed.has(element) || !isPressable(element)) continue;
      pressed.add(element);
      return click(element);
    }
    return false;
  };

  // Presses the next one that opened and was closed by another's opening.
  const pressAgain = () => {
    for (const element of opened) {
      if (pressedAgain.has(element) || !element.isConnected || !isFolded(element)) continue;
      pressedAgain.add(element);
      return click(element);
    }
    return false;
  };

  // Whether the page's own scripts went to another page without loading it.
  const hasLeft = () => location.pathname + location.search !== here;

  // Puts back what went away and stands nowhere any more, last first, so that each finds its place.
  const restore = () => {
    observer.disconnect();
    for (const { parent, trigger, nodes, words } of gone.reverse()) {
      if (textOf(document.documentElement).includes(words.slice(0, TELLING))) continue;
      for (const { node, next } of nodes.reverse()) {
        if (node.isConnected) continue;
        if (parent.isConnected) parent.insertBefore(node, next?.parentNode === parent ? next : null);
        else if (trigger?.isConnected) (trigger.closest("h1,h2,h3,h4,h5,h6") ?? trigger).after(node);
      }
    }
    gone.length = 0;
  };

  return { openDetails, press, pressAgain, hasLeft, restore };
})());
