<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="it_IT">
    <context>
        <name>opticals</name>
        <message>
            <source>%</source>
            <translation>%</translation>
        </message>
        <message>
            <source>% of the width</source>
            <translation>% largh.</translation>
        </message>
        <message numerus="yes">
            <source>%n cannot be rendered</source>
            <translation>
                <numerusform>%n non renderizzabile</numerusform>
                <numerusform>%n non renderizzabili</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n clip(s)</source>
            <translation>
                <numerusform>%n clip</numerusform>
                <numerusform>%n clip</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n frame(s)</source>
            <translation>
                <numerusform>%n fotogramma</numerusform>
                <numerusform>%n fotogrammi</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n keyframe(s)</source>
            <translation>
                <numerusform>%n fotogramma chiave</numerusform>
                <numerusform>%n fotogrammi chiave</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n of {all} lost media (was|were) found.</source>
            <translation>
                <numerusform>%n dei {all} file mancanti è stato trovato.</numerusform>
                <numerusform>%n dei {all} file mancanti sono stati trovati.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n point(s) (was|were) proved by decoding every frame.</source>
            <translation>
                <numerusform>%n punto verificato decodificando ogni fotogramma.</numerusform>
                <numerusform>%n punti verificati decodificando ogni fotogramma.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) (is|are) not done.</source>
            <translation>
                <numerusform>%n render non è finito.</numerusform>
                <numerusform>%n render non sono finiti.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) done.</source>
            <translation>
                <numerusform>%n render finito.</numerusform>
                <numerusform>%n render finiti.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) failed.</source>
            <translation>
                <numerusform>%n render non riuscito.</numerusform>
                <numerusform>%n render non riusciti.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) for this edit (is|are) ready to be placed.</source>
            <translation>
                <numerusform>%n render per questo montaggio è pronto da inserire.</numerusform>
                <numerusform>%n render per questo montaggio sono pronti da inserire.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) stopped.</source>
            <translation>
                <numerusform>%n render fermato.</numerusform>
                <numerusform>%n render fermati.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) taken out of the list.</source>
            <translation>
                <numerusform>%n render tolto dall’elenco.</numerusform>
                <numerusform>%n render tolti dall’elenco.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n render(s) to place</source>
            <translation>
                <numerusform>%n render da inserire</numerusform>
                <numerusform>%n render da inserire</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n shape(s)</source>
            <translation>
                <numerusform>%n forma</numerusform>
                <numerusform>%n forme</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n shot(s)</source>
            <translation>
                <numerusform>%n inquadratura</numerusform>
                <numerusform>%n inquadrature</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n shots selected: renders use this stack.</source>
            <translation>
                <numerusform>%n inquadratura selezionata: il render usa questa catena.</numerusform>
                <numerusform>%n inquadrature selezionate: i render usano questa catena.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n thing(s) (is|are) missing.</source>
            <translation>
                <numerusform>Manca %n elemento.</numerusform>
                <numerusform>Mancano %n elementi.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n to render</source>
            <translation>
                <numerusform>%n in coda</numerusform>
                <numerusform>%n in coda</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n track(s)</source>
            <translation>
                <numerusform>%n traccia</numerusform>
                <numerusform>%n tracce</numerusform>
            </translation>
        </message>
        <message>
            <source>A built-in style.</source>
            <translation>Uno stile incluso.</translation>
        </message>
        <message>
            <source>A guess, until renders of this kind were made here.</source>
            <translation>Una stima, finché qui non si è fatto qualche render di questo tipo.</translation>
        </message>
        <message>
            <source>A new version of the clip, which can be switched back, or a clip on a track above.</source>
            <translation>Una nuova versione della clip, da cui si può tornare indietro, oppure una clip su una traccia superiore.</translation>
        </message>
        <message>
            <source>A page for printing</source>
            <translation>Una pagina da stampare</translation>
        </message>
        <message>
            <source>A picture, or a clip's first frame, whose style is taken; empty: a built-in style.</source>
            <translation>Un’immagine, o il primo fotogramma di una clip, da cui prendere lo stile; vuoto: uno stile incluso.</translation>
        </message>
        <message>
            <source>A render is under way.</source>
            <translation>È in corso un render.</translation>
        </message>
        <message>
            <source>A render under way needs it.</source>
            <translation>Serve a un render in corso.</translation>
        </message>
        <message>
            <source>A sign, a person, a logo. Draw a mask round it; frames further away are looked at too.</source>
            <translation>Un cartello, una persona, un logo. Disegnagli intorno una maschera; si guarda anche nei fotogrammi più lontani.</translation>
        </message>
        <message>
            <source>A still or clip to lay the composite over: scaled to fill the frame, held at its end. Its values are taken as they are: it should be in the source's colour space.</source>
            <translation>Un’immagine o una clip su cui comporre: viene scalata fino a riempire il quadro e alla fine resta ferma. I valori sono presi così come sono: deve essere nello spazio colore della sorgente.</translation>
        </message>
        <message>
            <source>A {suffix} that keeps all of it is written beside it.</source>
            <translation>Accanto viene scritto un {suffix} che conserva tutto.</translation>
        </message>
        <message>
            <source>AI effects beside the editing timeline, on your own machine.</source>
            <translation>Effetti IA accanto alla timeline di montaggio, sul tuo computer.</translation>
        </message>
        <message>
            <source>About</source>
            <translation>Informazioni</translation>
        </message>
        <message>
            <source>Active</source>
            <translation>Attivo</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Aggiungi</translation>
        </message>
        <message>
            <source>Add a key</source>
            <translation>Aggiungi un tasto</translation>
        </message>
        <message>
            <source>Add a point</source>
            <translation>Aggiungi un punto</translation>
        </message>
        <message>
            <source>Add an effect</source>
            <translation>Aggiungi un effetto</translation>
        </message>
        <message>
            <source>Add to the stack</source>
            <translation>Aggiungi</translation>
        </message>
        <message>
            <source>After</source>
            <translation>Dopo</translation>
        </message>
        <message numerus="yes">
            <source>After %n other(s)</source>
            <translation>
                <numerusform>Dopo %n altro</numerusform>
                <numerusform>Dopo altri %n</numerusform>
            </translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Tutti i file</translation>
        </message>
        <message>
            <source>All of it is bypassed.</source>
            <translation>È tutto escluso.</translation>
        </message>
        <message>
            <source>All that is needed is here.</source>
            <translation>C’è tutto il necessario.</translation>
        </message>
        <message>
            <source>All {all} lost media were found.</source>
            <translation>Tutti i {all} file mancanti sono stati trovati.</translation>
        </message>
        <message>
            <source>Alpha premultiplied</source>
            <translation>Alfa premoltiplicato</translation>
        </message>
        <message>
            <source>Alpha straight</source>
            <translation>Alfa diritto</translation>
        </message>
        <message>
            <source>Animation or old web video whose frames repeat: even motion again, at the same speed.</source>
            <translation>Animazione o vecchi video del web con fotogrammi ripetuti: il movimento torna regolare, alla stessa velocità.</translation>
        </message>
        <message>
            <source>Another edit is open, which stays as it is.</source>
            <translation>È aperto un altro montaggio, che resta com’è.</translation>
        </message>
        <message>
            <source>Any other program</source>
            <translation>Qualsiasi altro programma</translation>
        </message>
        <message>
            <source>Any program</source>
            <translation>Qualsiasi programma</translation>
        </message>
        <message>
            <source>As if it had stood on a tripod.</source>
            <translation>Come se fosse stata su un treppiede.</translation>
        </message>
        <message>
            <source>As last used on “{clip}”.</source>
            <translation>Come usato l’ultima volta su “{clip}”.</translation>
        </message>
        <message>
            <source>As tagged</source>
            <translation>Come indicato nel file</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Come il sistema</translation>
        </message>
        <message>
            <source>As this clip was rendered.</source>
            <translation>Come nel render di questa clip.</translation>
        </message>
        <message>
            <source>Ask</source>
            <translation>Chiedi</translation>
        </message>
        <message>
            <source>Ask for the preview again.</source>
            <translation>Chiedi di nuovo l’anteprima.</translation>
        </message>
        <message>
            <source>Automatic (as deep as the source)</source>
            <translation>Automatico (profondità della sorgente)</translation>
        </message>
        <message>
            <source>Back to the original</source>
            <translation>Torna all’originale</translation>
        </message>
        <message>
            <source>Back to the timeline, step by step</source>
            <translation>Torna alla timeline, un passo alla volta</translation>
        </message>
        <message>
            <source>Back to what was last rendered</source>
            <translation>Torna all’ultimo render</translation>
        </message>
        <message>
            <source>Back to {value}</source>
            <translation>Torna a {value}</translation>
        </message>
        <message>
            <source>Background</source>
            <translation>Sfondo</translation>
        </message>
        <message>
            <source>Backing</source>
            <translation>Fondale</translation>
        </message>
        <message>
            <source>Bake the speed</source>
            <translation>Velocità nel render</translation>
        </message>
        <message>
            <source>Before</source>
            <translation>Prima</translation>
        </message>
        <message>
            <source>Behind a composite without a background.</source>
            <translation>Dietro a una composizione senza sfondo.</translation>
        </message>
        <message>
            <source>Black</source>
            <translation>Nero</translation>
        </message>
        <message>
            <source>Blender</source>
            <translation>Blender</translation>
        </message>
        <message>
            <source>Blue or green screen</source>
            <translation>Fondale blu o verde</translation>
        </message>
        <message>
            <source>Blurs what moves, as a shutter open for so long would; 180 is film's usual. 0 leaves the frames as they are.</source>
            <translation>Sfoca ciò che si muove, come un otturatore aperto per questo angolo; 180 è il valore usuale del cinema. Con 0 i fotogrammi restano come sono.</translation>
        </message>
        <message>
            <source>Bold lines and few colours.</source>
            <translation>Linee marcate e pochi colori.</translation>
        </message>
        <message>
            <source>Borders</source>
            <translation>Bordi</translation>
        </message>
        <message>
            <source>Brightness</source>
            <translation>Luminosità</translation>
        </message>
        <message>
            <source>Brush</source>
            <translation>Pennello</translation>
        </message>
        <message>
            <source>Bypass the effect</source>
            <translation>Escludi l’effetto</translation>
        </message>
        <message>
            <source>Cache</source>
            <translation>Cache</translation>
        </message>
        <message>
            <source>Camera</source>
            <translation>Camera</translation>
        </message>
        <message>
            <source>Change the keyboard shortcuts</source>
            <translation>Cambia le scorciatoie da tastiera</translation>
        </message>
        <message>
            <source>Changes nothing: a transcode whose pixels keep the source's code values.</source>
            <translation>Non cambia nulla: una transcodifica in cui i pixel conservano i valori della sorgente.</translation>
        </message>
        <message>
            <source>Charcoal</source>
            <translation>Carboncino</translation>
        </message>
        <message>
            <source>Check this machine</source>
            <translation>Controlla questo computer</translation>
        </message>
        <message>
            <source>Checkerboard</source>
            <translation>Scacchiera</translation>
        </message>
        <message>
            <source>Choose a clip and an effect</source>
            <translation>Scegli una clip e un effetto</translation>
        </message>
        <message>
            <source>Choose a file</source>
            <translation>Scegli un file</translation>
        </message>
        <message>
            <source>Choose a file that was exported from the shortcuts of Opticals.</source>
            <translation>Scegli un file esportato dalle scorciatoie di Opticals.</translation>
        </message>
        <message>
            <source>Choose a viewing LUT</source>
            <translation>Scegli una LUT di visione</translation>
        </message>
        <message>
            <source>Choose a viewing LUT…</source>
            <translation>Scegli una LUT di visione…</translation>
        </message>
        <message>
            <source>Choose another file.</source>
            <translation>Scegli un altro file.</translation>
        </message>
        <message>
            <source>Choose another folder.</source>
            <translation>Scegli un’altra cartella.</translation>
        </message>
        <message>
            <source>Choose another key.</source>
            <translation>Scegli un altro tasto.</translation>
        </message>
        <message>
            <source>Choose another name…</source>
            <translation>Scegli un altro nome…</translation>
        </message>
        <message>
            <source>Choose one in the list of effects.</source>
            <translation>Sceglierne uno nell’elenco degli effetti.</translation>
        </message>
        <message>
            <source>Choose one in the panel and render with it first.</source>
            <translation>Sceglierne uno nel pannello e usarlo prima per un render.</translation>
        </message>
        <message>
            <source>Chroma</source>
            <translation>Crominanza</translation>
        </message>
        <message>
            <source>CineForm (RGB to 12 bit, alpha)</source>
            <translation>CineForm (RGB fino a 12 bit, alfa)</translation>
        </message>
        <message>
            <source>Clean night footage</source>
            <translation>Ripulisci riprese notturne</translation>
        </message>
        <message>
            <source>Clear the list</source>
            <translation>Svuota l’elenco</translation>
        </message>
        <message>
            <source>Clear the marks</source>
            <translation>Cancella attacco e stacco</translation>
        </message>
        <message>
            <source>Clear what is done</source>
            <translation>Togli ciò che è finito</translation>
        </message>
        <message>
            <source>Click a clip, or mark a range with I and O.</source>
            <translation>Fai clic su una clip, o segna un intervallo con I e O.</translation>
        </message>
        <message>
            <source>Click a clip, or press {select}; {find} finds an effect.</source>
            <translation>Clicca una clip, o premi {select}; {find} trova un effetto.</translation>
        </message>
        <message>
            <source>Click a clip.</source>
            <translation>Fai clic su una clip.</translation>
        </message>
        <message>
            <source>Clip</source>
            <translation>Clip</translation>
        </message>
        <message>
            <source>Clip black</source>
            <translation>Taglio del nero</translation>
        </message>
        <message>
            <source>Clip white</source>
            <translation>Taglio del bianco</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Chiudi</translation>
        </message>
        <message>
            <source>Close (Esc)</source>
            <translation>Chiudi (Esc)</translation>
        </message>
        <message>
            <source>Close other programs, render a draft, or a smaller picture.</source>
            <translation>Chiudi altri programmi, oppure fai una bozza o un’immagine più piccola.</translation>
        </message>
        <message>
            <source>Close the panel</source>
            <translation>Chiudi il pannello</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Colore</translation>
        </message>
        <message>
            <source>Colour space</source>
            <translation>Spazio colore</translation>
        </message>
        <message>
            <source>Comic</source>
            <translation>Fumetto</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>Comando</translation>
        </message>
        <message>
            <source>Command palette</source>
            <translation>Tavolozza dei comandi</translation>
        </message>
        <message>
            <source>Commands and their keys</source>
            <translation>Comandi e relativi tasti</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Confronta</translation>
        </message>
        <message>
            <source>Compare with what is shown</source>
            <translation>Confronta con ciò che è mostrato</translation>
        </message>
        <message>
            <source>Compare, and more…</source>
            <translation>Confronta e altro…</translation>
        </message>
        <message>
            <source>Compare: take as A</source>
            <translation>Confronto: usa come A</translation>
        </message>
        <message>
            <source>Compare: take as B</source>
            <translation>Confronto: usa come B</translation>
        </message>
        <message>
            <source>Container</source>
            <translation>Contenitore</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copia</translation>
        </message>
        <message>
            <source>Copy details</source>
            <translation>Copia i dettagli</translation>
        </message>
        <message>
            <source>Copy its path, or render it again.</source>
            <translation>Copiane il percorso, o rifai il render.</translation>
        </message>
        <message>
            <source>Copy one first.</source>
            <translation>Prima copiane una.</translation>
        </message>
        <message>
            <source>Copy path</source>
            <translation>Copia il percorso</translation>
        </message>
        <message>
            <source>Copy the recipe</source>
            <translation>Copia la ricetta</translation>
        </message>
        <message>
            <source>Copy the stack</source>
            <translation>Copia la catena</translation>
        </message>
        <message>
            <source>Crop zooms in by no more; where that is too little the camera is less smooth, and a locked one moves as slowly as it can.</source>
            <translation>Il ritaglio non ingrandisce più di così; dove non basta, la camera è meno fluida, e una camera bloccata si muove il più lentamente possibile.</translation>
        </message>
        <message>
            <source>Cut it into the edit</source>
            <translation>Inseriscilo nel montaggio</translation>
        </message>
        <message>
            <source>Cuts out what stands before a blue or green backing.</source>
            <translation>Scontorna ciò che sta davanti a un fondale blu o verde.</translation>
        </message>
        <message>
            <source>Cuts people and things out of any picture, without a backing.</source>
            <translation>Scontorna persone e cose da qualsiasi immagine, senza fondale.</translation>
        </message>
        <message>
            <source>DNxHR 444 (10 bit)</source>
            <translation>DNxHR 444 (10 bit)</translation>
        </message>
        <message>
            <source>DNxHR HQ (8 bit)</source>
            <translation>DNxHR HQ (8 bit)</translation>
        </message>
        <message>
            <source>DNxHR HQX (10 bit)</source>
            <translation>DNxHR HQX (10 bit)</translation>
        </message>
        <message>
            <source>DNxHR LB (8 bit)</source>
            <translation>DNxHR LB (8 bit)</translation>
        </message>
        <message>
            <source>DNxHR SQ (8 bit)</source>
            <translation>DNxHR SQ (8 bit)</translation>
        </message>
        <message>
            <source>DPX files</source>
            <translation>File DPX</translation>
        </message>
        <message>
            <source>DPX sequence (to 16 bit)</source>
            <translation>Sequenza DPX (fino a 16 bit)</translation>
        </message>
        <message>
            <source>DaVinci Resolve</source>
            <translation>DaVinci Resolve</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Scuro</translation>
        </message>
        <message>
            <source>Dark or light as the system is</source>
            <translation>Scuro o chiaro come il sistema</translation>
        </message>
        <message>
            <source>Deinterlace</source>
            <translation>Deinterlaccia</translation>
        </message>
        <message>
            <source>Delete for good</source>
            <translation>Elimina per sempre</translation>
        </message>
        <message>
            <source>Delete it all now</source>
            <translation>Elimina tutto ora</translation>
        </message>
        <message>
            <source>Delete the preset</source>
            <translation>Elimina il predefinito</translation>
        </message>
        <message>
            <source>Delete {render}?</source>
            <translation>Eliminare {render}?</translation>
        </message>
        <message>
            <source>Delete…</source>
            <translation>Elimina…</translation>
        </message>
        <message>
            <source>Delivery</source>
            <translation>Consegna</translation>
        </message>
        <message>
            <source>Denoise</source>
            <translation>Riduzione rumore</translation>
        </message>
        <message>
            <source>Despill</source>
            <translation>Correzione spill</translation>
        </message>
        <message>
            <source>Detail</source>
            <translation>Dettaglio</translation>
        </message>
        <message>
            <source>Difference</source>
            <translation>Differenza</translation>
        </message>
        <message>
            <source>Difference × {gain}</source>
            <translation>Differenza × {gain}</translation>
        </message>
        <message>
            <source>Discard changes</source>
            <translation>Scarta le modifiche</translation>
        </message>
        <message>
            <source>Disk for renders and cache: {need} of {free} free</source>
            <translation>Disco per render e cache: {need} su {free} liberi</translation>
        </message>
        <message>
            <source>Disk for renders: {need} of {free} free</source>
            <translation>Disco per i render: {need} su {free} liberi</translation>
        </message>
        <message>
            <source>Disk for the cache: {need} of {free} free</source>
            <translation>Disco per la cache: {need} su {free} liberi</translation>
        </message>
        <message>
            <source>Dismiss</source>
            <translation>Nascondi</translation>
        </message>
        <message>
            <source>Dismiss (Esc)</source>
            <translation>Nascondi (Esc)</translation>
        </message>
        <message>
            <source>Dismiss the newest notice</source>
            <translation>Nascondi l’avviso più recente</translation>
        </message>
        <message>
            <source>Dissolves and fades</source>
            <translation>Dissolvenze</translation>
        </message>
        <message>
            <source>Do not show the first steps again</source>
            <translation>Non mostrare più i primi passi</translation>
        </message>
        <message>
            <source>Do not show these steps again</source>
            <translation>Non mostrare più questi passi</translation>
        </message>
        <message>
            <source>Do or find anything</source>
            <translation>Cerca o esegui qualsiasi cosa</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Fatto</translation>
        </message>
        <message>
            <source>Double-click, or press +, for a point</source>
            <translation>Doppio clic, o +, per un punto</translation>
        </message>
        <message>
            <source>Draft</source>
            <translation>Bozza</translation>
        </message>
        <message>
            <source>Draw a mask</source>
            <translation>Disegna una maschera</translation>
        </message>
        <message>
            <source>Draw the mask</source>
            <translation>Disegna la maschera</translation>
        </message>
        <message>
            <source>Drawn, in black and red.</source>
            <translation>Disegnato, in nero e rosso.</translation>
        </message>
        <message>
            <source>Drop an edit here, or open one.</source>
            <translation>Trascinare qui un montaggio o aprirne uno.</translation>
        </message>
        <message>
            <source>Duplicate</source>
            <translation>Duplica</translation>
        </message>
        <message>
            <source>Duplicate frames</source>
            <translation>Fotogrammi doppi</translation>
        </message>
        <message>
            <source>Earlier</source>
            <translation>Prima</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Montaggio</translation>
        </message>
        <message>
            <source>Editing program</source>
            <translation>Programma di montaggio</translation>
        </message>
        <message>
            <source>Edits</source>
            <translation>Montaggi</translation>
        </message>
        <message>
            <source>Effect</source>
            <translation>Effetto</translation>
        </message>
        <message>
            <source>Effect further down</source>
            <translation>Effetto più in basso</translation>
        </message>
        <message>
            <source>Effect further up</source>
            <translation>Effetto più in alto</translation>
        </message>
        <message>
            <source>Effects</source>
            <translation>Effetti</translation>
        </message>
        <message>
            <source>Effects and presets</source>
            <translation>Effetti e predefiniti</translation>
        </message>
        <message>
            <source>Empty the cache</source>
            <translation>Svuota la cache</translation>
        </message>
        <message>
            <source>Enlarges the picture with detail drawn by a trained network.</source>
            <translation>Ingrandisce l’immagine con dettagli disegnati da una rete addestrata.</translation>
        </message>
        <message>
            <source>Error</source>
            <translation>Errore</translation>
        </message>
        <message>
            <source>Every effect of the stack is bypassed.</source>
            <translation>Tutti gli effetti della catena sono esclusi.</translation>
        </message>
        <message>
            <source>Export as a file…</source>
            <translation>Esporta come file…</translation>
        </message>
        <message>
            <source>Export shortcuts</source>
            <translation>Esporta le scorciatoie</translation>
        </message>
        <message>
            <source>Export the preset</source>
            <translation>Esporta il predefinito</translation>
        </message>
        <message>
            <source>Export the preset…</source>
            <translation>Esporta il predefinito…</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Esporta…</translation>
        </message>
        <message>
            <source>FFV1 (lossless, to 16 bit, alpha)</source>
            <translation>FFV1 (senza perdita, fino a 16 bit, alfa)</translation>
        </message>
        <message>
            <source>Factor</source>
            <translation>Fattore</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Non riuscito</translation>
        </message>
        <message>
            <source>Favourite</source>
            <translation>Preferito</translation>
        </message>
        <message>
            <source>Favourites</source>
            <translation>Preferiti</translation>
        </message>
        <message>
            <source>Feather</source>
            <translation>Sfumatura</translation>
        </message>
        <message>
            <source>Fetches two short films and cuts an edit of them.</source>
            <translation>Scarica due brevi filmati e ne prepara un montaggio.</translation>
        </message>
        <message>
            <source>Fetching models</source>
            <translation>Scaricamento modelli</translation>
        </message>
        <message>
            <source>Fetching the sample edit</source>
            <translation>Scaricamento del montaggio di esempio</translation>
        </message>
        <message>
            <source>Fields</source>
            <translation>Semiquadri</translation>
        </message>
        <message>
            <source>Files of this machine that it names are left out.</source>
            <translation>I file di questo computer che vi sono nominati vengono omessi.</translation>
        </message>
        <message>
            <source>Files stay.</source>
            <translation>I file restano.</translation>
        </message>
        <message>
            <source>Fill</source>
            <translation>Riempimento</translation>
        </message>
        <message>
            <source>Fill inside</source>
            <translation>Riempi l’interno</translation>
        </message>
        <message>
            <source>Final Cut Pro</source>
            <translation>Final Cut Pro</translation>
        </message>
        <message>
            <source>Find a command</source>
            <translation>Cerca un comando</translation>
        </message>
        <message>
            <source>Find a command or a key</source>
            <translation>Cerca comando o tasto</translation>
        </message>
        <message>
            <source>Find an effect</source>
            <translation>Cerca un effetto</translation>
        </message>
        <message>
            <source>Find an effect or a preset</source>
            <translation>Cerca un effetto o un predefinito</translation>
        </message>
        <message>
            <source>Find by key</source>
            <translation>Cerca per tasto</translation>
        </message>
        <message>
            <source>Find cuts</source>
            <translation>Trova gli stacchi</translation>
        </message>
        <message>
            <source>Finds the cuts, dissolves and fades inside a clip: “opticals cuts” marks them or cuts the clip there.</source>
            <translation>Trova stacchi e dissolvenze dentro una clip: “opticals cuts” li segna o taglia la clip in quei punti.</translation>
        </message>
        <message>
            <source>Finds them too, not hard cuts alone.</source>
            <translation>Trova anche quelle, non solo gli stacchi netti.</translation>
        </message>
        <message>
            <source>Finished pieces and previews are made again when they are needed. Renders, models and settings stay.</source>
            <translation>Le parti finite e le anteprime vengono rifatte quando servono. Render, modelli e impostazioni restano.</translation>
        </message>
        <message>
            <source>Fit</source>
            <translation>Adatta</translation>
        </message>
        <message>
            <source>For a shot whose white balance is right and stays.</source>
            <translation>Per un’inquadratura con il bilanciamento del bianco già giusto, che resta.</translation>
        </message>
        <message>
            <source>For the editing program beside it; renders make do with the rest.</source>
            <translation>Per il programma di montaggio accanto; i render usano il resto.</translation>
        </message>
        <message>
            <source>For {edit}</source>
            <translation>Per {edit}</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Formato</translation>
        </message>
        <message>
            <source>Found</source>
            <translation>Trovato</translation>
        </message>
        <message>
            <source>Four times as slow, with true frames between.</source>
            <translation>Quattro volte più lento, con veri fotogrammi intermedi.</translation>
        </message>
        <message>
            <source>Frame rate</source>
            <translation>Frequenza fotogrammi</translation>
        </message>
        <message>
            <source>Frame {frame} of {frames}</source>
            <translation>Fotogramma {frame} di {frames}</translation>
        </message>
        <message>
            <source>Frames on each side that help, moved along with what moves; 0 looks at each frame alone.</source>
            <translation>Fotogrammi per lato che aiutano, spostati insieme a ciò che si muove; con 0 ogni fotogramma è visto da solo.</translation>
        </message>
        <message>
            <source>Frames on each side whose paintings are averaged along the motion; 0 paints each frame alone, and strokes flicker.</source>
            <translation>Fotogrammi per lato la cui pittura è mediata lungo il movimento; con 0 ogni fotogramma è dipinto da solo e le pennellate sfarfallano.</translation>
        </message>
        <message>
            <source>Frames per second to make. Keeps the duration, unless a speed or a ramp is set; the factor does not count then.</source>
            <translation>Fotogrammi al secondo da creare. Conserva la durata, a meno che sia impostata una velocità o una rampa; il fattore allora non conta.</translation>
        </message>
        <message>
            <source>Free on the disk</source>
            <translation>Liberi sul disco</translation>
        </message>
        <message>
            <source>Free some space, or save the edit on another disk: renders go beside it.</source>
            <translation>Libera un po’ di spazio, o salva il montaggio su un altro disco: i render stanno accanto a esso.</translation>
        </message>
        <message>
            <source>From a plain enlargement (0) to all that the network draws (1).</source>
            <translation>Da un semplice ingrandimento (0) a tutto ciò che disegna la rete (1).</translation>
        </message>
        <message>
            <source>From full speed into a quarter of it within a second, and out again.</source>
            <translation>Dalla velocità piena a un quarto nel giro di un secondo, e ritorno.</translation>
        </message>
        <message>
            <source>From the frame itself (0) to the painting (1).</source>
            <translation>Dal fotogramma stesso (0) al dipinto (1).</translation>
        </message>
        <message>
            <source>Full screen</source>
            <translation>Schermo intero</translation>
        </message>
        <message>
            <source>Gap</source>
            <translation>Vuoto</translation>
        </message>
        <message>
            <source>General</source>
            <translation>Generale</translation>
        </message>
        <message>
            <source>Get</source>
            <translation>Scarica</translation>
        </message>
        <message>
            <source>Get the missing models</source>
            <translation>Scarica i modelli mancanti</translation>
        </message>
        <message>
            <source>Get the model</source>
            <translation>Scarica il modello</translation>
        </message>
        <message>
            <source>Get the models</source>
            <translation>Scarica i modelli</translation>
        </message>
        <message>
            <source>Get {size}</source>
            <translation>Scarica {size}</translation>
        </message>
        <message>
            <source>Getting the model {model}…</source>
            <translation>Scaricamento del modello {model}…</translation>
        </message>
        <message>
            <source>Gives the filling the grain around it.</source>
            <translation>Dà al riempimento la grana di ciò che ha intorno.</translation>
        </message>
        <message>
            <source>Gives the shot the colours of another clip or of a still, steadily.</source>
            <translation>Dà all’inquadratura i colori di un’altra clip o di un’immagine, in modo stabile.</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Continua</translation>
        </message>
        <message>
            <source>Go on with the queue</source>
            <translation>Riprendi la coda</translation>
        </message>
        <message>
            <source>Go to the notices</source>
            <translation>Vai agli avvisi</translation>
        </message>
        <message>
            <source>Go to the queue</source>
            <translation>Vai alla coda</translation>
        </message>
        <message>
            <source>Go to the stack</source>
            <translation>Vai alla catena</translation>
        </message>
        <message>
            <source>Go to the timeline</source>
            <translation>Vai alla timeline</translation>
        </message>
        <message>
            <source>Go to the versions</source>
            <translation>Vai alle versioni</translation>
        </message>
        <message>
            <source>Go to the viewer</source>
            <translation>Vai al visore</translation>
        </message>
        <message>
            <source>Go to {clip}</source>
            <translation>Vai a {clip}</translation>
        </message>
        <message>
            <source>Goes on where it was: its worker died</source>
            <translation>Riprende da dov’era: il suo processo è morto</translation>
        </message>
        <message>
            <source>Grain</source>
            <translation>Grana</translation>
        </message>
        <message>
            <source>Green screen</source>
            <translation>Green screen</translation>
        </message>
        <message>
            <source>Greys stay grey</source>
            <translation>I grigi restano grigi</translation>
        </message>
        <message>
            <source>Grow</source>
            <translation>Espandi</translation>
        </message>
        <message>
            <source>H.264 (10 bit)</source>
            <translation>H.264 (10 bit)</translation>
        </message>
        <message>
            <source>H.264 (8 bit, for review)</source>
            <translation>H.264 (8 bit, per visione)</translation>
        </message>
        <message>
            <source>H.265 (10 bit)</source>
            <translation>H.265 (10 bit)</translation>
        </message>
        <message>
            <source>H.265 (8 bit, for review)</source>
            <translation>H.265 (8 bit, per visione)</translation>
        </message>
        <message>
            <source>HD to UHD</source>
            <translation>Da HD a UHD</translation>
        </message>
        <message>
            <source>Half size with TEMP burned in; the final takes its place.</source>
            <translation>Metà dimensione con la scritta TEMP impressa; il definitivo ne prende il posto.</translation>
        </message>
        <message>
            <source>Half speed, smooth</source>
            <translation>Velocità dimezzata, fluida</translation>
        </message>
        <message>
            <source>Handles</source>
            <translation>Maniglie</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Aiuto</translation>
        </message>
        <message>
            <source>Higher timeline</source>
            <translation>Timeline più alta</translation>
        </message>
        <message>
            <source>Histogram</source>
            <translation>Istogramma</translation>
        </message>
        <message>
            <source>Hold</source>
            <translation>Fissa</translation>
        </message>
        <message>
            <source>Hold the frame before</source>
            <translation>Tieni il fotogramma precedente</translation>
        </message>
        <message>
            <source>How far before and after it looks for what is behind.</source>
            <translation>Quanto prima e quanto dopo si cerca ciò che sta dietro.</translation>
        </message>
        <message>
            <source>How far brightness and contrast follow.</source>
            <translation>Quanto seguono luminosità e contrasto.</translation>
        </message>
        <message>
            <source>How far tint and saturation follow.</source>
            <translation>Quanto seguono tinta e saturazione.</translation>
        </message>
        <message>
            <source>How many times as wide and as high.</source>
            <translation>Quante volte più largo e più alto.</translation>
        </message>
        <message>
            <source>How many times slower.</source>
            <translation>Quante volte più lento.</translation>
        </message>
        <message>
            <source>How much neighbouring frames have a say in the matte.</source>
            <translation>Quanto pesano i fotogrammi vicini sul matte.</translation>
        </message>
        <message>
            <source>How much noise in brightness goes. 1 takes the noise there is, as measured; beyond, finer detail goes along.</source>
            <translation>Quanto rumore di luminanza viene tolto. 1 toglie il rumore misurato; oltre, se ne va anche il dettaglio più fine.</translation>
        </message>
        <message>
            <source>How much of the backing's light on the foreground is taken out.</source>
            <translation>Quanta della luce del fondale viene tolta dal soggetto.</translation>
        </message>
        <message>
            <source>How much of the material's own grain is given back.</source>
            <translation>Quanta grana del materiale viene restituita.</translation>
        </message>
        <message>
            <source>How much of the noise is taken away before enlarging; its level is measured.</source>
            <translation>Quanto rumore viene tolto prima di ingrandire; il livello è misurato.</translation>
        </message>
        <message>
            <source>How much of the plate's own grain and texture is given back.</source>
            <translation>Quanta grana e trama dell’inquadratura vengono restituite.</translation>
        </message>
        <message>
            <source>How the render is encoded.</source>
            <translation>Come è codificato il render.</translation>
        </message>
        <message>
            <source>Import a preset</source>
            <translation>Importa un predefinito</translation>
        </message>
        <message>
            <source>Import a preset…</source>
            <translation>Importa un predefinito…</translation>
        </message>
        <message>
            <source>Import shortcuts</source>
            <translation>Importa le scorciatoie</translation>
        </message>
        <message>
            <source>Import…</source>
            <translation>Importa…</translation>
        </message>
        <message>
            <source>Info</source>
            <translation>Informazione</translation>
        </message>
        <message>
            <source>Interlaced, bottom field first</source>
            <translation>Interlacciato, prima il campo inferiore</translation>
        </message>
        <message>
            <source>Interlaced, top field first</source>
            <translation>Interlacciato, prima il campo superiore</translation>
        </message>
        <message>
            <source>Interpret source</source>
            <translation>Interpreta la sorgente</translation>
        </message>
        <message>
            <source>Invert</source>
            <translation>Inverti</translation>
        </message>
        <message>
            <source>It begins with frame {there} of the render instead of {wanted}.</source>
            <translation>Comincia con il fotogramma {there} del render invece che con il {wanted}.</translation>
        </message>
        <message>
            <source>It does not say where the render is.</source>
            <translation>Non dice dove si trova il render.</translation>
        </message>
        <message>
            <source>It does not say “{format}”.</source>
            <translation>Non contiene “{format}”.</translation>
        </message>
        <message>
            <source>It goes on, and can be placed when its edit is open again.</source>
            <translation>Va avanti, e si potrà inserire quando il suo montaggio sarà di nuovo aperto.</translation>
        </message>
        <message>
            <source>It has no medium.</source>
            <translation>Non ha un file.</translation>
        </message>
        <message>
            <source>It is held here alone.</source>
            <translation>È rimasto soltanto qui.</translation>
        </message>
        <message>
            <source>It is not there any more, or there is no file manager.</source>
            <translation>Non c’è più, o manca un gestore di file.</translation>
        </message>
        <message>
            <source>It is placed when every frame was decoded.</source>
            <translation>Viene inserito quando ogni fotogramma è stato decodificato.</translation>
        </message>
        <message>
            <source>It is taken out of {clips} first.</source>
            <translation>Prima viene tolto da {clips}.</translation>
        </message>
        <message>
            <source>It is too large for such a file.</source>
            <translation>È troppo grande per un file di questo tipo.</translation>
        </message>
        <message>
            <source>It may need more memory than is free: {need} of {free}.</source>
            <translation>Potrebbe servire più memoria di quella libera: {need} su {free}.</translation>
        </message>
        <message>
            <source>It placed {there} frames instead of {wanted}.</source>
            <translation>Ha inserito {there} fotogrammi invece di {wanted}.</translation>
        </message>
        <message>
            <source>It was made elsewhere, or with effects that are not here.</source>
            <translation>È stato fatto altrove, o con effetti che qui non ci sono.</translation>
        </message>
        <message>
            <source>It was moved or deleted, or its drive is gone. All of it is still here.</source>
            <translation>È stato spostato o eliminato, o il suo disco non c’è più. Qui è ancora tutto presente.</translation>
        </message>
        <message>
            <source>It was taken back. The render is kept, and stands in the queue.</source>
            <translation>È stato annullato. Il render è conservato e si trova nella coda.</translation>
        </message>
        <message>
            <source>Its files go to the trash. Other edits that use it lose it.</source>
            <translation>I suoi file vanno nel cestino. Altri montaggi che lo usano lo perdono.</translation>
        </message>
        <message>
            <source>Joining</source>
            <translation>Unione</translation>
        </message>
        <message>
            <source>Just enough for a clean encode: detail first.</source>
            <translation>Quanto basta per una codifica pulita: prima il dettaglio.</translation>
        </message>
        <message>
            <source>Kdenlive</source>
            <translation>Kdenlive</translation>
        </message>
        <message>
            <source>Keep fields</source>
            <translation>Mantieni i semiquadri</translation>
        </message>
        <message>
            <source>Keep it</source>
            <translation>Tienilo</translation>
        </message>
        <message>
            <source>Keep rendering</source>
            <translation>Continua il render</translation>
        </message>
        <message>
            <source>Keep the duration</source>
            <translation>Mantieni la durata</translation>
        </message>
        <message>
            <source>Keep the fields apart</source>
            <translation>Mantieni separati i semiquadri</translation>
        </message>
        <message>
            <source>Keep the record duration and drop what does not fit, or move everything later.</source>
            <translation>Mantiene la durata nel montaggio e scarta ciò che non entra, oppure sposta in avanti tutto il resto.</translation>
        </message>
        <message>
            <source>Keep this machine awake while it renders</source>
            <translation>Tieni sveglio il computer durante il render</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>Key</translation>
        </message>
        <message>
            <source>Keyboard</source>
            <translation>Tastiera</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Scorciatoie da tastiera</translation>
        </message>
        <message>
            <source>Keyed before a blue or green backing, spill taken out, with transparency.</source>
            <translation>Chiave su fondale blu o verde, spill rimosso, con trasparenza.</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasti</translation>
        </message>
        <message>
            <source>Keys as in</source>
            <translation>Tasti come in</translation>
        </message>
        <message>
            <source>Known: {names}.</source>
            <translation>Conosciuti: {names}.</translation>
        </message>
        <message>
            <source>LUTs</source>
            <translation>LUT</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Lingua</translation>
        </message>
        <message>
            <source>Larger side</source>
            <translation>Allarga il pannello laterale</translation>
        </message>
        <message>
            <source>Later</source>
            <translation>Dopo</translation>
        </message>
        <message>
            <source>Layout</source>
            <translation>Disposizione</translation>
        </message>
        <message>
            <source>Leave it there</source>
            <translation>Lascialo lì</translation>
        </message>
        <message>
            <source>Leave of the GPU's memory</source>
            <translation>Lascia libera memoria della GPU</translation>
        </message>
        <message>
            <source>Left out: {what}. {why}</source>
            <translation>Escluso: {what}. {why}</translation>
        </message>
        <message>
            <source>Licences</source>
            <translation>Licenze</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Chiaro</translation>
        </message>
        <message>
            <source>Light denoise</source>
            <translation>Riduzione rumore leggera</translation>
        </message>
        <message>
            <source>Linear</source>
            <translation>Lineare</translation>
        </message>
        <message>
            <source>Locked camera</source>
            <translation>Camera bloccata</translation>
        </message>
        <message>
            <source>Long side of what is painted: few pixels make bold strokes, many fine ones.</source>
            <translation>Lato lungo di ciò che si dipinge: pochi pixel danno pennellate larghe, molti pennellate fini.</translation>
        </message>
        <message>
            <source>Look</source>
            <translation>Aspetto</translation>
        </message>
        <message>
            <source>Look farther down</source>
            <translation>Scorri in basso</translation>
        </message>
        <message>
            <source>Look farther left</source>
            <translation>Scorri a sinistra</translation>
        </message>
        <message>
            <source>Look farther right</source>
            <translation>Scorri a destra</translation>
        </message>
        <message>
            <source>Look farther up</source>
            <translation>Scorri in alto</translation>
        </message>
        <message>
            <source>Look for lost media in</source>
            <translation>Cerca i file mancanti in</translation>
        </message>
        <message>
            <source>Look in another folder…</source>
            <translation>Cerca in un’altra cartella…</translation>
        </message>
        <message>
            <source>Looking</source>
            <translation>Ricerca</translation>
        </message>
        <message>
            <source>Looking at what it takes…</source>
            <translation>Calcolo di quanto richiede…</translation>
        </message>
        <message>
            <source>Looking for lost media…</source>
            <translation>Ricerca dei file mancanti…</translation>
        </message>
        <message>
            <source>Looking…</source>
            <translation>Ricerca…</translation>
        </message>
        <message>
            <source>Loop</source>
            <translation>Ciclo continuo</translation>
        </message>
        <message>
            <source>Lower timeline</source>
            <translation>Timeline più bassa</translation>
        </message>
        <message>
            <source>Lower tracks</source>
            <translation>Tracce più basse</translation>
        </message>
        <message>
            <source>Luma</source>
            <translation>Luminanza</translation>
        </message>
        <message>
            <source>MP4</source>
            <translation>MP4</translation>
        </message>
        <message>
            <source>MXF OP1a</source>
            <translation>MXF OP1a</translation>
        </message>
        <message>
            <source>Made elsewhere</source>
            <translation>Fatto altrove</translation>
        </message>
        <message>
            <source>Made for</source>
            <translation>Destinato a</translation>
        </message>
        <message>
            <source>Make room…</source>
            <translation>Fai spazio…</translation>
        </message>
        <message>
            <source>Makes opaque what is so far from all backing and half opaque already; 0 leaves it, for smoke and glass.</source>
            <translation>Rende opaco ciò che è così lontano dal fondale ed è già semiopaco; con 0 lo lascia, per fumo e vetro.</translation>
        </message>
        <message>
            <source>Makes the pictures between the frames, for other speeds and frame rates.</source>
            <translation>Crea le immagini tra i fotogrammi, per altre velocità e frequenze.</translation>
        </message>
        <message>
            <source>Mark in</source>
            <translation>Segna il punto di attacco (In)</translation>
        </message>
        <message>
            <source>Mark out</source>
            <translation>Segna il punto di stacco (Out)</translation>
        </message>
        <message>
            <source>Mark the clip</source>
            <translation>Segna la clip</translation>
        </message>
        <message>
            <source>Marker before</source>
            <translation>Marcatore precedente</translation>
        </message>
        <message>
            <source>Marker: {name}</source>
            <translation>Marcatore: {name}</translation>
        </message>
        <message>
            <source>Mask</source>
            <translation>Maschera</translation>
        </message>
        <message>
            <source>Mask as</source>
            <translation>Maschera come</translation>
        </message>
        <message>
            <source>Mask: add or take away</source>
            <translation>Maschera: aggiungi o togli</translation>
        </message>
        <message>
            <source>Mask: brush</source>
            <translation>Maschera: pennello</translation>
        </message>
        <message>
            <source>Mask: delete the keyframe</source>
            <translation>Maschera: elimina il fotogramma chiave</translation>
        </message>
        <message>
            <source>Mask: delete the shape</source>
            <translation>Maschera: elimina la forma</translation>
        </message>
        <message>
            <source>Mask: duplicate the shape</source>
            <translation>Maschera: duplica la forma</translation>
        </message>
        <message>
            <source>Mask: ellipse</source>
            <translation>Maschera: ellisse</translation>
        </message>
        <message>
            <source>Mask: eraser</source>
            <translation>Maschera: gomma</translation>
        </message>
        <message>
            <source>Mask: move and change</source>
            <translation>Maschera: sposta e modifica</translation>
        </message>
        <message>
            <source>Mask: next keyframe</source>
            <translation>Maschera: fotogramma chiave successivo</translation>
        </message>
        <message>
            <source>Mask: next shape</source>
            <translation>Maschera: forma successiva</translation>
        </message>
        <message>
            <source>Mask: pen</source>
            <translation>Maschera: penna</translation>
        </message>
        <message>
            <source>Mask: previous keyframe</source>
            <translation>Maschera: fotogramma chiave precedente</translation>
        </message>
        <message>
            <source>Mask: rectangle</source>
            <translation>Maschera: rettangolo</translation>
        </message>
        <message>
            <source>Mask: set a keyframe</source>
            <translation>Maschera: imposta un fotogramma chiave</translation>
        </message>
        <message>
            <source>Mask: shape one down</source>
            <translation>Maschera: forma più in basso</translation>
        </message>
        <message>
            <source>Mask: shape one up</source>
            <translation>Maschera: forma più in alto</translation>
        </message>
        <message>
            <source>Mask: the way to the next keyframe</source>
            <translation>Maschera: passaggio al fotogramma chiave successivo</translation>
        </message>
        <message>
            <source>Mask: tint or outlines alone</source>
            <translation>Maschera: velatura o soli contorni</translation>
        </message>
        <message>
            <source>Match colour</source>
            <translation>Uniforma il colore</translation>
        </message>
        <message>
            <source>Match grain</source>
            <translation>Uniforma la grana</translation>
        </message>
        <message>
            <source>Matroska</source>
            <translation>Matroska</translation>
        </message>
        <message>
            <source>Matte</source>
            <translation>Matte</translation>
        </message>
        <message>
            <source>Matte for grading</source>
            <translation>Matte per la color</translation>
        </message>
        <message>
            <source>Measured on renders made here.</source>
            <translation>Misurato sui render fatti qui.</translation>
        </message>
        <message>
            <source>Media Composer</source>
            <translation>Media Composer</translation>
        </message>
        <message>
            <source>Memory: {need} of {free} free</source>
            <translation>Memoria: {need} su {free} liberi</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>Menu</translation>
        </message>
        <message>
            <source>Missing frames</source>
            <translation>Fotogrammi mancanti</translation>
        </message>
        <message>
            <source>Mix a colour</source>
            <translation>Componi un colore</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modello</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelli</translation>
        </message>
        <message>
            <source>Models whose licence does not allow it are hidden and refused.</source>
            <translation>I modelli la cui licenza non lo permette sono nascosti e rifiutati.</translation>
        </message>
        <message>
            <source>More about the queue</source>
            <translation>Altro sulla coda</translation>
        </message>
        <message>
            <source>Move to the trash</source>
            <translation>Sposta nel cestino</translation>
        </message>
        <message>
            <source>Mute</source>
            <translation>Muto</translation>
        </message>
        <message>
            <source>New name</source>
            <translation>Nuovo nome</translation>
        </message>
        <message>
            <source>New seed</source>
            <translation>Nuovo seme</translation>
        </message>
        <message>
            <source>New seed (now {seed})</source>
            <translation>Nuovo seme (ora {seed})</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Successivo</translation>
        </message>
        <message>
            <source>Next area</source>
            <translation>Area successiva</translation>
        </message>
        <message>
            <source>Next clip</source>
            <translation>Clip successiva</translation>
        </message>
        <message>
            <source>Next effect of the stack</source>
            <translation>Effetto successivo della catena</translation>
        </message>
        <message>
            <source>Next marker</source>
            <translation>Marcatore successivo</translation>
        </message>
        <message>
            <source>Next version</source>
            <translation>Versione successiva</translation>
        </message>
        <message>
            <source>Next, rendered by {who}</source>
            <translation>Prossimo, in render da {who}</translation>
        </message>
        <message>
            <source>No LUT is chosen.</source>
            <translation>Nessuna LUT scelta.</translation>
        </message>
        <message>
            <source>No clip has lost its medium.</source>
            <translation>Nessuna clip ha perso il suo file.</translation>
        </message>
        <message>
            <source>No clip is selected.</source>
            <translation>Nessuna clip selezionata.</translation>
        </message>
        <message>
            <source>No edit is open</source>
            <translation>Nessun montaggio aperto</translation>
        </message>
        <message>
            <source>No edit is open.</source>
            <translation>Nessun montaggio aperto.</translation>
        </message>
        <message>
            <source>No effect: find one above.</source>
            <translation>Nessun effetto: cercarne uno qui sopra.</translation>
        </message>
        <message>
            <source>No points</source>
            <translation>Nessun punto</translation>
        </message>
        <message>
            <source>No recent edits</source>
            <translation>Nessun montaggio recente</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Nessuno</translation>
        </message>
        <message>
            <source>Not all of {folder} could be deleted.</source>
            <translation>Non è stato possibile eliminare tutto in {folder}.</translation>
        </message>
        <message>
            <source>Not every render could be carried over.</source>
            <translation>Non tutti i render sono stati riportati.</translation>
        </message>
        <message>
            <source>Not in the edit</source>
            <translation>Non nel montaggio</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>Non ora</translation>
        </message>
        <message>
            <source>Nothing</source>
            <translation>Niente</translation>
        </message>
        <message>
            <source>Nothing is called that.</source>
            <translation>Niente ha questo nome.</translation>
        </message>
        <message>
            <source>Nothing is selected.</source>
            <translation>Nessuna selezione.</translation>
        </message>
        <message>
            <source>Nothing to render</source>
            <translation>Niente da renderizzare</translation>
        </message>
        <message>
            <source>Nothing to render.</source>
            <translation>Niente da renderizzare.</translation>
        </message>
        <message>
            <source>Nothing was rendered of this clip yet.</source>
            <translation>Di questa clip non c’è ancora nessun render.</translation>
        </message>
        <message>
            <source>Of interlaced pictures: make whole frames, or render each field for itself.</source>
            <translation>Per immagini interlacciate: ricava quadri interi, oppure elabora ogni semiquadro da solo.</translation>
        </message>
        <message>
            <source>Old SD to HD</source>
            <translation>Da vecchio SD a HD</translation>
        </message>
        <message>
            <source>One frame back</source>
            <translation>Un fotogramma indietro</translation>
        </message>
        <message>
            <source>One frame for each record frame, at the edit's rate: for programs that do not understand retimes or mixed rates.</source>
            <translation>Un fotogramma per ogni fotogramma del montaggio, alla sua frequenza: per programmi che non capiscono variazioni di velocità o frequenze miste.</translation>
        </message>
        <message>
            <source>One frame on</source>
            <translation>Un fotogramma avanti</translation>
        </message>
        <message>
            <source>One second back</source>
            <translation>Un secondo indietro</translation>
        </message>
        <message>
            <source>One second on</source>
            <translation>Un secondo avanti</translation>
        </message>
        <message>
            <source>Only models for commercial use are allowed here. Choose another one.</source>
            <translation>Qui sono ammessi solo modelli per uso commerciale. Scegline un altro.</translation>
        </message>
        <message>
            <source>Only models that may be used commercially</source>
            <translation>Solo modelli per uso commerciale</translation>
        </message>
        <message>
            <source>Only renders are, and no sidecar says that it is one.</source>
            <translation>Si eliminano solo i render, e nessun file di accompagnamento dice che questo lo sia.</translation>
        </message>
        <message>
            <source>Opacity</source>
            <translation>Opacità</translation>
        </message>
        <message>
            <source>Open a recent edit…</source>
            <translation>Apri un montaggio recente…</translation>
        </message>
        <message>
            <source>Open an edit</source>
            <translation>Apri un montaggio</translation>
        </message>
        <message>
            <source>Open anyway</source>
            <translation>Apri comunque</translation>
        </message>
        <message>
            <source>Open it in {host}.</source>
            <translation>Aprirlo in {host}.</translation>
        </message>
        <message>
            <source>Open one first.</source>
            <translation>Prima aprine uno.</translation>
        </message>
        <message>
            <source>Open {edit}</source>
            <translation>Apri {edit}</translation>
        </message>
        <message>
            <source>Open {edit} and press Place.</source>
            <translation>Apri {edit} e premi Inserisci.</translation>
        </message>
        <message>
            <source>OpenEXR files</source>
            <translation>File OpenEXR</translation>
        </message>
        <message>
            <source>OpenEXR sequence (float, alpha)</source>
            <translation>Sequenza OpenEXR (float, alfa)</translation>
        </message>
        <message>
            <source>OpenRV</source>
            <translation>OpenRV</translation>
        </message>
        <message>
            <source>Opening…</source>
            <translation>Apertura…</translation>
        </message>
        <message>
            <source>Open…</source>
            <translation>Apri…</translation>
        </message>
        <message>
            <source>Opticals {version}</source>
            <translation>Opticals {version}</translation>
        </message>
        <message>
            <source>Opticals: keys ({set})</source>
            <translation>Opticals: tasti ({set})</translation>
        </message>
        <message>
            <source>Or drop it here. Its file stays as it is.</source>
            <translation>O trascinalo qui. Il suo file resta com’è.</translation>
        </message>
        <message>
            <source>Original</source>
            <translation>Originale</translation>
        </message>
        <message>
            <source>Other</source>
            <translation>Altro</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>Uscita</translation>
        </message>
        <message>
            <source>Over black</source>
            <translation>Su nero</translation>
        </message>
        <message>
            <source>Over the layer below</source>
            <translation>Sul livello sottostante</translation>
        </message>
        <message>
            <source>Overlay</source>
            <translation>Sovrapposizione</translation>
        </message>
        <message>
            <source>Overlay on a new track</source>
            <translation>Sovrapposizione su nuova traccia</translation>
        </message>
        <message>
            <source>PNG files</source>
            <translation>File PNG</translation>
        </message>
        <message>
            <source>PNG sequence (to 16 bit, alpha)</source>
            <translation>Sequenza PNG (fino a 16 bit, alfa)</translation>
        </message>
        <message>
            <source>Pages</source>
            <translation>Pagine</translation>
        </message>
        <message>
            <source>Paints the picture in the style of another one, steady from frame to frame.</source>
            <translation>Dipinge l’immagine nello stile di un’altra, stabile da un fotogramma all’altro.</translation>
        </message>
        <message>
            <source>Panel</source>
            <translation>Pannello</translation>
        </message>
        <message>
            <source>Paste a stack</source>
            <translation>Incolla una catena</translation>
        </message>
        <message>
            <source>Pause or go on</source>
            <translation>Pausa o riprendi</translation>
        </message>
        <message>
            <source>Pause the queue</source>
            <translation>Metti in pausa la coda</translation>
        </message>
        <message>
            <source>Pause the queue, or go on</source>
            <translation>Metti in pausa la coda, o riprendi</translation>
        </message>
        <message>
            <source>Pause until next time</source>
            <translation>Pausa fino alla prossima volta</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>In pausa</translation>
        </message>
        <message>
            <source>Paused at {done} of {total}</source>
            <translation>In pausa a {done} di {total}</translation>
        </message>
        <message>
            <source>People and things cut out, with transparency, to lie on a track above.</source>
            <translation>Persone e cose scontornate, con trasparenza, per una traccia superiore.</translation>
        </message>
        <message>
            <source>Pick a colour from the picture</source>
            <translation>Preleva un colore dall’immagine</translation>
        </message>
        <message>
            <source>Picture</source>
            <translation>Immagine</translation>
        </message>
        <message>
            <source>Pixel by pixel (100 %)</source>
            <translation>Pixel per pixel (100 %)</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>Inserisci</translation>
        </message>
        <message>
            <source>Place as</source>
            <translation>Inserisci come</translation>
        </message>
        <message>
            <source>Placed</source>
            <translation>Inserito</translation>
        </message>
        <message>
            <source>Play backwards; again: faster</source>
            <translation>Riproduci all’indietro; di nuovo: più veloce</translation>
        </message>
        <message>
            <source>Play from in to out</source>
            <translation>Riproduci dall’attacco allo stacco</translation>
        </message>
        <message>
            <source>Play or stop</source>
            <translation>Riproduci o ferma</translation>
        </message>
        <message>
            <source>Play; again: faster</source>
            <translation>Riproduci; di nuovo: più veloce</translation>
        </message>
        <message>
            <source>Playback</source>
            <translation>Riproduzione</translation>
        </message>
        <message>
            <source>Playhead</source>
            <translation>Testina di riproduzione</translation>
        </message>
        <message>
            <source>Point {number} of {total}: {value} at frame {place}</source>
            <translation>Punto {number} di {total}: {value} al fotogramma {place}</translation>
        </message>
        <message>
            <source>Preferences</source>
            <translation>Preferenze</translation>
        </message>
        <message>
            <source>Premiere Pro</source>
            <translation>Premiere Pro</translation>
        </message>
        <message>
            <source>Preset</source>
            <translation>Predefinito</translation>
        </message>
        <message>
            <source>Presets</source>
            <translation>Predefiniti</translation>
        </message>
        <message>
            <source>Presets (*.json)</source>
            <translation>Predefiniti (*.json)</translation>
        </message>
        <message>
            <source>Press Render</source>
            <translation>Premi Render</translation>
        </message>
        <message>
            <source>Press the key again.</source>
            <translation>Premere di nuovo il tasto.</translation>
        </message>
        <message>
            <source>Press the key…</source>
            <translation>Premi il tasto…</translation>
        </message>
        <message>
            <source>Preview</source>
            <translation>Anteprima</translation>
        </message>
        <message>
            <source>Preview 12 frames</source>
            <translation>Anteprima di 12 fotogrammi</translation>
        </message>
        <message>
            <source>Preview again</source>
            <translation>Rifai l’anteprima</translation>
        </message>
        <message>
            <source>Preview as settings change</source>
            <translation>Anteprima al cambio delle impostazioni</translation>
        </message>
        <message>
            <source>Preview · {words}</source>
            <translation>Anteprima · {words}</translation>
        </message>
        <message>
            <source>Previews</source>
            <translation>Anteprime</translation>
        </message>
        <message>
            <source>Previous area</source>
            <translation>Area precedente</translation>
        </message>
        <message>
            <source>Previous clip</source>
            <translation>Clip precedente</translation>
        </message>
        <message>
            <source>Previous effect of the stack</source>
            <translation>Effetto precedente della catena</translation>
        </message>
        <message>
            <source>Previous version</source>
            <translation>Versione precedente</translation>
        </message>
        <message>
            <source>ProRes 422</source>
            <translation>ProRes 422</translation>
        </message>
        <message>
            <source>ProRes 422 HQ (10 bit)</source>
            <translation>ProRes 422 HQ (10 bit)</translation>
        </message>
        <message>
            <source>ProRes 422 LT</source>
            <translation>ProRes 422 LT</translation>
        </message>
        <message>
            <source>ProRes 422 Proxy</source>
            <translation>ProRes 422 Proxy</translation>
        </message>
        <message>
            <source>ProRes 4444 (10 bit, alpha)</source>
            <translation>ProRes 4444 (10 bit, alfa)</translation>
        </message>
        <message>
            <source>ProRes 4444 XQ (10 bit, alpha)</source>
            <translation>ProRes 4444 XQ (10 bit, alfa)</translation>
        </message>
        <message>
            <source>Quarter speed, smooth</source>
            <translation>Un quarto della velocità, fluida</translation>
        </message>
        <message>
            <source>Question</source>
            <translation>Domanda</translation>
        </message>
        <message>
            <source>Queue</source>
            <translation>Coda</translation>
        </message>
        <message numerus="yes">
            <source>Queue paused · %n to render</source>
            <translation>
                <numerusform>Coda in pausa · %n in attesa</numerusform>
                <numerusform>Coda in pausa · %n in attesa</numerusform>
            </translation>
        </message>
        <message>
            <source>QuickTime</source>
            <translation>QuickTime</translation>
        </message>
        <message>
            <source>RGB parade</source>
            <translation>Parade RGB</translation>
        </message>
        <message>
            <source>Reach</source>
            <translation>Portata</translation>
        </message>
        <message>
            <source>Recent edits</source>
            <translation>Montaggi recenti</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>Ripeti</translation>
        </message>
        <message>
            <source>Redo {what}</source>
            <translation>Ripeti: {what}</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>Riferimento</translation>
        </message>
        <message>
            <source>Relink its media in {host}.</source>
            <translation>Ricollegare i file multimediali in {host}.</translation>
        </message>
        <message>
            <source>Relink…</source>
            <translation>Ricollega…</translation>
        </message>
        <message>
            <source>Reload</source>
            <translation>Ricarica</translation>
        </message>
        <message numerus="yes">
            <source>Reload and carry %n render(s) over</source>
            <translation>
                <numerusform>Ricarica e riporta %n render</numerusform>
                <numerusform>Ricarica e riporta %n render</numerusform>
            </translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Rimozione</translation>
        </message>
        <message>
            <source>Remove all effects</source>
            <translation>Togli tutti gli effetti</translation>
        </message>
        <message>
            <source>Remove object (mask)</source>
            <translation>Rimuovi oggetto (maschera)</translation>
        </message>
        <message>
            <source>Remove the effect</source>
            <translation>Togli l’effetto</translation>
        </message>
        <message>
            <source>Remove the point</source>
            <translation>Togli il punto</translation>
        </message>
        <message>
            <source>Remove wire (mask)</source>
            <translation>Rimuovi cavo (maschera)</translation>
        </message>
        <message>
            <source>Rename the preset…</source>
            <translation>Rinomina il predefinito…</translation>
        </message>
        <message>
            <source>Render</source>
            <translation>Render</translation>
        </message>
        <message>
            <source>Render again</source>
            <translation>Rifai il render</translation>
        </message>
        <message>
            <source>Render again with other settings</source>
            <translation>Rifai il render con altre impostazioni</translation>
        </message>
        <message>
            <source>Render again; what is finished is kept</source>
            <translation>Rifai il render; ciò che è finito resta</translation>
        </message>
        <message>
            <source>Render at half size</source>
            <translation>Render a metà dimensione</translation>
        </message>
        <message>
            <source>Render it with Green screen or Key, and there with Output set to matte.</source>
            <translation>Renderizzarlo con Green screen o Key, con Uscita impostata su matte.</translation>
        </message>
        <message>
            <source>Render the shot again, or switch to another version.</source>
            <translation>Rifai il render dell’inquadratura, o passa a un’altra versione.</translation>
        </message>
        <message>
            <source>Render what markers ask for</source>
            <translation>Render di quanto chiedono i marcatori</translation>
        </message>
        <message>
            <source>Render: {name}</source>
            <translation>Render: {name}</translation>
        </message>
        <message>
            <source>Rendered by {who}.</source>
            <translation>In render da {who}.</translation>
        </message>
        <message>
            <source>Rendered, not placed</source>
            <translation>Renderizzato, non inserito</translation>
        </message>
        <message>
            <source>Rendering</source>
            <translation>Rendering</translation>
        </message>
        <message>
            <source>Rendering is possible all the same.</source>
            <translation>Il render è comunque possibile.</translation>
        </message>
        <message>
            <source>Renders</source>
            <translation>Render</translation>
        </message>
        <message>
            <source>Renders go on; what is finished is placed when the project is open again.</source>
            <translation>I render proseguono; quelli finiti vengono inseriti quando il progetto è di nuovo aperto.</translation>
        </message>
        <message>
            <source>Renders: {words}</source>
            <translation>Render: {words}</translation>
        </message>
        <message>
            <source>Repeated frames out</source>
            <translation>Via i fotogrammi ripetuti</translation>
        </message>
        <message>
            <source>Replace it</source>
            <translation>Sostituisci</translation>
        </message>
        <message>
            <source>Replace {effect}</source>
            <translation>Sostituisci {effect}</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>Ripristina</translation>
        </message>
        <message>
            <source>Reset all</source>
            <translation>Ripristina tutto</translation>
        </message>
        <message>
            <source>Reset every setting</source>
            <translation>Ripristina tutte le impostazioni</translation>
        </message>
        <message>
            <source>Reset {setting}</source>
            <translation>Ripristina {setting}</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Risultato</translation>
        </message>
        <message>
            <source>Result {name}  {timecode}</source>
            <translation>Risultato {name}  {timecode}</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>Riprova</translation>
        </message>
        <message>
            <source>Return</source>
            <translation>Invio</translation>
        </message>
        <message>
            <source>Return sets a key</source>
            <translation>Invio imposta un tasto</translation>
        </message>
        <message>
            <source>Return uses, Shift+Return the other way; Esc goes back.</source>
            <translation>Invio per usare, Maiusc+Invio nell’altro modo; Esc per tornare.</translation>
        </message>
        <message>
            <source>Ripple later clips</source>
            <translation>Sposta le clip seguenti</translation>
        </message>
        <message>
            <source>Rotoscope over transparent</source>
            <translation>Rotoscoping su trasparente</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Salva</translation>
        </message>
        <message>
            <source>Save anyway</source>
            <translation>Salva comunque</translation>
        </message>
        <message>
            <source>Save as a page…</source>
            <translation>Salva come pagina…</translation>
        </message>
        <message>
            <source>Save as a preset…</source>
            <translation>Salva come predefinito…</translation>
        </message>
        <message>
            <source>Save as {suffix}</source>
            <translation>Salva come {suffix}</translation>
        </message>
        <message>
            <source>Save as…</source>
            <translation>Salva con nome…</translation>
        </message>
        <message>
            <source>Save elsewhere…</source>
            <translation>Salva altrove…</translation>
        </message>
        <message>
            <source>Save it in {host}.</source>
            <translation>Salvarlo in {host}.</translation>
        </message>
        <message>
            <source>Save the edit as a new file</source>
            <translation>Salva il montaggio in un nuovo file</translation>
        </message>
        <message>
            <source>Save the shortcuts as a page</source>
            <translation>Salva le scorciatoie come pagina</translation>
        </message>
        <message>
            <source>Save the stack as a preset</source>
            <translation>Salva la catena come predefinito</translation>
        </message>
        <message>
            <source>Saved as {path}.</source>
            <translation>Salvato come {path}.</translation>
        </message>
        <message>
            <source>Say when all is done</source>
            <translation>Avvisa quando è tutto finito</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>Scala</translation>
        </message>
        <message>
            <source>Scopes</source>
            <translation>Strumenti di misura</translation>
        </message>
        <message>
            <source>Scroll back</source>
            <translation>Scorri indietro</translation>
        </message>
        <message>
            <source>Scroll on</source>
            <translation>Scorri avanti</translation>
        </message>
        <message>
            <source>Sections</source>
            <translation>Sezioni</translation>
        </message>
        <message>
            <source>Select a clip first.</source>
            <translation>Prima seleziona una clip.</translation>
        </message>
        <message>
            <source>Select a clip in the editing program first.</source>
            <translation>Selezionare prima una clip nel programma di montaggio.</translation>
        </message>
        <message>
            <source>Select a clip in the editing program, and send it here.</source>
            <translation>Selezionare una clip nel programma di montaggio e inviarla qui.</translation>
        </message>
        <message>
            <source>Select a clip to see what was rendered of it.</source>
            <translation>Seleziona una clip per vedere i suoi render.</translation>
        </message>
        <message>
            <source>Select a clip, and a version of it.</source>
            <translation>Seleziona una clip e una sua versione.</translation>
        </message>
        <message>
            <source>Select a clip, or mark a range with I and O</source>
            <translation>Seleziona una clip, o segna un intervallo con I e O</translation>
        </message>
        <message>
            <source>Select a clip.</source>
            <translation>Selezionare una clip.</translation>
        </message>
        <message>
            <source>Select all clips</source>
            <translation>Seleziona tutte le clip</translation>
        </message>
        <message>
            <source>Select all clips of this medium</source>
            <translation>Seleziona tutte le clip di questo file</translation>
        </message>
        <message>
            <source>Select nothing</source>
            <translation>Deseleziona tutto</translation>
        </message>
        <message>
            <source>Select the clip at the playhead</source>
            <translation>Seleziona la clip sotto la testina</translation>
        </message>
        <message>
            <source>Select what is to be rendered.</source>
            <translation>Seleziona ciò che va in render.</translation>
        </message>
        <message>
            <source>Shake slower than this stays.</source>
            <translation>Le oscillazioni più lente di così restano.</translation>
        </message>
        <message>
            <source>Shape {n} of {all}</source>
            <translation>Forma {n} di {all}</translation>
        </message>
        <message>
            <source>Shift+Return</source>
            <translation>Maiusc+Invio</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Mostra</translation>
        </message>
        <message>
            <source>Show in its folder</source>
            <translation>Mostra nella cartella</translation>
        </message>
        <message>
            <source>Show or hide the side</source>
            <translation>Mostra o nascondi il pannello laterale</translation>
        </message>
        <message>
            <source>Show the file</source>
            <translation>Mostra il file</translation>
        </message>
        <message>
            <source>Show the original</source>
            <translation>Mostra l’originale</translation>
        </message>
        <message>
            <source>Show the original of {clip}</source>
            <translation>Mostra l’originale di {clip}</translation>
        </message>
        <message>
            <source>Show the selection large</source>
            <translation>Ingrandisci la selezione</translation>
        </message>
        <message>
            <source>Show the source while it is held</source>
            <translation>Mostra la sorgente finché si tiene premuto</translation>
        </message>
        <message>
            <source>Show the whole edit</source>
            <translation>Mostra tutto il montaggio</translation>
        </message>
        <message>
            <source>Show the whole picture</source>
            <translation>Mostra tutta l’immagine</translation>
        </message>
        <message>
            <source>Show this version</source>
            <translation>Mostra questa</translation>
        </message>
        <message>
            <source>Shrink</source>
            <translation>Contrai</translation>
        </message>
        <message>
            <source>Shutter</source>
            <translation>Otturatore</translation>
        </message>
        <message>
            <source>Side by side</source>
            <translation>Affiancati</translation>
        </message>
        <message>
            <source>Slow motion</source>
            <translation>Rallentatore</translation>
        </message>
        <message>
            <source>Smaller side</source>
            <translation>Restringi il pannello laterale</translation>
        </message>
        <message>
            <source>Smooth</source>
            <translation>Graduale</translation>
        </message>
        <message>
            <source>Smoothness</source>
            <translation>Fluidità</translation>
        </message>
        <message>
            <source>Snapping</source>
            <translation>Aggancio</translation>
        </message>
        <message>
            <source>Soften</source>
            <translation>Ammorbidisci</translation>
        </message>
        <message>
            <source>Softens the mask's edge, by half on each side.</source>
            <translation>Ammorbidisce il bordo della maschera, metà per lato.</translation>
        </message>
        <message>
            <source>Softens the matte's edge.</source>
            <translation>Ammorbidisce il bordo del matte.</translation>
        </message>
        <message>
            <source>Something was left out.</source>
            <translation>Qualcosa è stato escluso.</translation>
        </message>
        <message>
            <source>Source</source>
            <translation>Sorgente</translation>
        </message>
        <message>
            <source>Source  {timecode}</source>
            <translation>Sorgente  {timecode}</translation>
        </message>
        <message>
            <source>Source frames rendered before and after the selection, for trimming later.</source>
            <translation>Fotogrammi della sorgente renderizzati prima e dopo la selezione, per rifilare in seguito.</translation>
        </message>
        <message>
            <source>Source from {timecode}</source>
            <translation>Sorgente da {timecode}</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>Velocità</translation>
        </message>
        <message>
            <source>Speed ramp</source>
            <translation>Rampa di velocità</translation>
        </message>
        <message>
            <source>Speed ramp to slow</source>
            <translation>Rampa verso il rallentatore</translation>
        </message>
        <message>
            <source>Speeds in percent at frames of the selection, smooth between: 0:100 24:25 48:100. Goes before speed and factor.</source>
            <translation>Velocità in percento su fotogrammi della selezione, con passaggi graduali: 0:100 24:25 48:100. Ha la precedenza su velocità e fattore.</translation>
        </message>
        <message>
            <source>Stabilize</source>
            <translation>Stabilizzazione</translation>
        </message>
        <message>
            <source>Stack</source>
            <translation>Catena</translation>
        </message>
        <message>
            <source>Stack and presets</source>
            <translation>Catena e predefiniti</translation>
        </message>
        <message>
            <source>Stack of effects</source>
            <translation>Catena di effetti</translation>
        </message>
        <message>
            <source>Standard definition from tape or DVD: noise out, then twice as large, with the grain kept.</source>
            <translation>Definizione standard da nastro o DVD: via il rumore, poi il doppio della dimensione, conservando la grana.</translation>
        </message>
        <message>
            <source>Stands still: {why}</source>
            <translation>Fermo: {why}</translation>
        </message>
        <message>
            <source>Start at another time</source>
            <translation>Parti a un altro orario</translation>
        </message>
        <message>
            <source>Start at once</source>
            <translation>Parti subito</translation>
        </message>
        <message>
            <source>Start at {time}</source>
            <translation>Parti alle {time}</translation>
        </message>
        <message>
            <source>Start then</source>
            <translation>Parti allora</translation>
        </message>
        <message>
            <source>Starting</source>
            <translation>Avvio</translation>
        </message>
        <message>
            <source>Starts at {time}.</source>
            <translation>Parte alle {time}.</translation>
        </message>
        <message>
            <source>Steadiness</source>
            <translation>Stabilità</translation>
        </message>
        <message>
            <source>Steady handheld</source>
            <translation>Camera a mano più ferma</translation>
        </message>
        <message>
            <source>Steady, nothing cropped</source>
            <translation>Stabile, senza ritaglio</translation>
        </message>
        <message>
            <source>Step {step} of {all}: {what}</source>
            <translation>Passo {step} di {all}: {what}</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Ferma</translation>
        </message>
        <message>
            <source>Stop all</source>
            <translation>Ferma tutto</translation>
        </message>
        <message>
            <source>Stop and say so</source>
            <translation>Ferma e segnala</translation>
        </message>
        <message>
            <source>Stop rendering</source>
            <translation>Ferma il rendering</translation>
        </message>
        <message>
            <source>Stop, or take out of the list</source>
            <translation>Ferma, o togli dall’elenco</translation>
        </message>
        <message>
            <source>Stop; held with J or L: slowly</source>
            <translation>Ferma; tenuto con J o L: lentamente</translation>
        </message>
        <message>
            <source>Stop; what is finished is kept</source>
            <translation>Ferma; ciò che è finito resta</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>Fermato</translation>
        </message>
        <message>
            <source>Storage</source>
            <translation>Archiviazione</translation>
        </message>
        <message>
            <source>Stored mirrored</source>
            <translation>Registrato a specchio</translation>
        </message>
        <message>
            <source>Strength</source>
            <translation>Intensità</translation>
        </message>
        <message>
            <source>Strong noise of high ISO out, most of it in colour; a little grain stays so that it does not look waxed.</source>
            <translation>Via il forte rumore degli ISO alti, soprattutto nel colore; resta un po’ di grana perché non sembri di cera.</translation>
        </message>
        <message>
            <source>Stronger difference</source>
            <translation>Differenza più forte</translation>
        </message>
        <message>
            <source>Style</source>
            <translation>Stile</translation>
        </message>
        <message>
            <source>Stylize</source>
            <translation>Stilizzazione</translation>
        </message>
        <message>
            <source>Switch to another version first, then delete it.</source>
            <translation>Prima passa a un’altra versione, poi eliminala.</translation>
        </message>
        <message>
            <source>TIFF files</source>
            <translation>File TIFF</translation>
        </message>
        <message>
            <source>TIFF sequence (to float, alpha)</source>
            <translation>Sequenza TIFF (fino a float, alfa)</translation>
        </message>
        <message>
            <source>Take away</source>
            <translation>Togli</translation>
        </message>
        <message>
            <source>Take away {key}</source>
            <translation>Togli {key}</translation>
        </message>
        <message>
            <source>Take it from one of them in the file, and import it again.</source>
            <translation>Toglilo a uno dei due nel file e importalo di nuovo.</translation>
        </message>
        <message>
            <source>Take it over</source>
            <translation>Prendilo</translation>
        </message>
        <message>
            <source>Takes noise out, measured by itself, with the help of the frames around.</source>
            <translation>Toglie il rumore, misurato automaticamente, con l’aiuto dei fotogrammi vicini.</translation>
        </message>
        <message>
            <source>Takes out what a mask covers: true pixels of other frames, texture where there are none.</source>
            <translation>Toglie ciò che una maschera copre: pixel veri di altri fotogrammi, trama dove non ce ne sono.</translation>
        </message>
        <message>
            <source>Takes the matte's edge in; below 0 out.</source>
            <translation>Ritira il bordo del matte; sotto 0 lo espande.</translation>
        </message>
        <message>
            <source>Takes the shake out and keeps the camera's moves.</source>
            <translation>Toglie le oscillazioni e conserva i movimenti di camera.</translation>
        </message>
        <message>
            <source>Takes the shake out of the camera's path, or makes it stand still.</source>
            <translation>Toglie le oscillazioni dal percorso della camera, o la rende immobile.</translation>
        </message>
        <message>
            <source>Takes the shake out; the borders come from the frames around.</source>
            <translation>Toglie le oscillazioni; i bordi vengono dai fotogrammi vicini.</translation>
        </message>
        <message>
            <source>Taller tracks</source>
            <translation>Tracce più alte</translation>
        </message>
        <message>
            <source>Target speed in percent of the original's; 0 goes by the factor.</source>
            <translation>Velocità finale in percento di quella originale; con 0 vale il fattore.</translation>
        </message>
        <message>
            <source>The backing's colour, as the picture shows it; empty: found in the shot.</source>
            <translation>Il colore del fondale, come appare nell’immagine; vuoto: trovato nell’inquadratura.</translation>
        </message>
        <message>
            <source>The check did not start.</source>
            <translation>Il controllo non è partito.</translation>
        </message>
        <message>
            <source>The check ended without an answer.</source>
            <translation>Il controllo è terminato senza risposta.</translation>
        </message>
        <message>
            <source>The clip at the playhead too, or no longer</source>
            <translation>Anche la clip sotto la testina, o non più</translation>
        </message>
        <message>
            <source>The clip before too</source>
            <translation>Anche la clip precedente</translation>
        </message>
        <message>
            <source>The clip is a freeze frame</source>
            <translation>La clip è un fermo immagine</translation>
        </message>
        <message>
            <source>The clip or still to match. Where it does not say what colour space it is in, it is read as in the one that the shot was said to be in, if any.</source>
            <translation>La clip o l’immagine da seguire. Se non indica il proprio spazio colore, è letta in quello assegnato all’inquadratura, se c’è.</translation>
        </message>
        <message>
            <source>The clip plays at {speed}</source>
            <translation>La clip è riprodotta al {speed}</translation>
        </message>
        <message>
            <source>The clip plays at {speed}, backwards</source>
            <translation>La clip è riprodotta al {speed}, all’indietro</translation>
        </message>
        <message>
            <source>The clip shows {path}.</source>
            <translation>La clip mostra {path}.</translation>
        </message>
        <message>
            <source>The clipboard</source>
            <translation>Gli appunti</translation>
        </message>
        <message>
            <source>The edit is held by {host}.</source>
            <translation>Il montaggio appartiene a {host}.</translation>
        </message>
        <message>
            <source>The edit names no media.</source>
            <translation>Il montaggio non nomina alcun file.</translation>
        </message>
        <message>
            <source>The file has no list of keys.</source>
            <translation>Il file non contiene un elenco di tasti.</translation>
        </message>
        <message>
            <source>The file names an unknown set, “{name}”.</source>
            <translation>Il file nomina una serie sconosciuta, “{name}”.</translation>
        </message>
        <message>
            <source>The file that the format goes in.</source>
            <translation>Il file che contiene il formato.</translation>
        </message>
        <message>
            <source>The keys of “{id}” cannot be read.</source>
            <translation>I tasti di “{id}” non sono leggibili.</translation>
        </message>
        <message>
            <source>The licence of {model} allows no commercial use.</source>
            <translation>La licenza di {model} non permette l’uso commerciale.</translation>
        </message>
        <message>
            <source>The lost medium was found.</source>
            <translation>Il file mancante è stato trovato.</translation>
        </message>
        <message>
            <source>The model {model} is here.</source>
            <translation>Il modello {model} è pronto.</translation>
        </message>
        <message>
            <source>The next clip too</source>
            <translation>Anche la clip successiva</translation>
        </message>
        <message>
            <source>The original</source>
            <translation>L’originale</translation>
        </message>
        <message>
            <source>The panel cannot keep its settings.</source>
            <translation>Il pannello non può conservare le sue impostazioni.</translation>
        </message>
        <message>
            <source>The panel is busy.</source>
            <translation>Il pannello è occupato.</translation>
        </message>
        <message>
            <source>The preset of {file} is here.</source>
            <translation>Il predefinito di {file} è pronto.</translation>
        </message>
        <message>
            <source>The preset “{name}” is deleted.</source>
            <translation>Il predefinito “{name}” è eliminato.</translation>
        </message>
        <message>
            <source>The preset “{name}” is saved.</source>
            <translation>Il predefinito “{name}” è salvato.</translation>
        </message>
        <message>
            <source>The preview cannot be shown.</source>
            <translation>Impossibile mostrare l’anteprima.</translation>
        </message>
        <message>
            <source>The process that did ended early.</source>
            <translation>Il processo è terminato prima del tempo.</translation>
        </message>
        <message>
            <source>The process that fetches it ended with {code}.</source>
            <translation>Il processo che lo scarica è terminato con {code}.</translation>
        </message>
        <message>
            <source>The process that looks into the media ended.</source>
            <translation>Il processo che esamina i file è terminato.</translation>
        </message>
        <message>
            <source>The program that will read the render: it decides how alpha is written, and which formats the automatic choice is from.</source>
            <translation>Il programma che leggerà il render: decide come è scritto l’alfa e tra quali formati avviene la scelta automatica.</translation>
        </message>
        <message>
            <source>The project is not saved yet: renders go to {folder}.</source>
            <translation>Il progetto non è ancora salvato: i render vanno in {folder}.</translation>
        </message>
        <message>
            <source>The queue goes on in the background.</source>
            <translation>La coda va avanti in background.</translation>
        </message>
        <message>
            <source>The queue is paused.</source>
            <translation>La coda è in pausa.</translation>
        </message>
        <message>
            <source>The render goes on by itself from what is finished of it.</source>
            <translation>Il render riparte da solo da ciò che è finito.</translation>
        </message>
        <message>
            <source>The render is kept; it stands in the queue.</source>
            <translation>Il render è conservato; si trova nella coda.</translation>
        </message>
        <message>
            <source>The result is cut in when it is done; undo takes it out again.</source>
            <translation>Il risultato entra nel montaggio appena è pronto; Annulla lo toglie.</translation>
        </message>
        <message>
            <source>The same for noise in colour.</source>
            <translation>Lo stesso per il rumore nel colore.</translation>
        </message>
        <message>
            <source>The same was asked for twice, and rendered once.</source>
            <translation>La stessa cosa è stata chiesta due volte e renderizzata una.</translation>
        </message>
        <message>
            <source>The sample edit cannot be had.</source>
            <translation>Il montaggio di esempio non è disponibile.</translation>
        </message>
        <message>
            <source>The selection grew.</source>
            <translation>La selezione si è ampliata.</translation>
        </message>
        <message>
            <source>The shortcuts are in {file}.</source>
            <translation>Le scorciatoie sono in {file}.</translation>
        </message>
        <message>
            <source>The speed of the clip varies</source>
            <translation>La velocità della clip varia</translation>
        </message>
        <message>
            <source>The system’s language</source>
            <translation>La lingua del sistema</translation>
        </message>
        <message>
            <source>The track above too</source>
            <translation>Anche la traccia superiore</translation>
        </message>
        <message>
            <source>The track below too</source>
            <translation>Anche la traccia inferiore</translation>
        </message>
        <message>
            <source>The volume that it lies on has none. Deleted now, it cannot be had back.</source>
            <translation>Il volume su cui si trova non ne ha. Se lo elimini ora, non si può recuperare.</translation>
        </message>
        <message>
            <source>The way to the next keyframe</source>
            <translation>Il passaggio al fotogramma chiave successivo</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>Tema</translation>
        </message>
        <message>
            <source>There is no clip {id}.</source>
            <translation>Non esiste la clip {id}.</translation>
        </message>
        <message>
            <source>There is no effect.</source>
            <translation>Non c’è nessun effetto.</translation>
        </message>
        <message>
            <source>There is no last effect to repeat.</source>
            <translation>Non c’è un ultimo effetto da ripetere.</translation>
        </message>
        <message>
            <source>There is no matte of what is selected.</source>
            <translation>Non c’è un matte di ciò che è selezionato.</translation>
        </message>
        <message>
            <source>There is no stack of effects in the clipboard.</source>
            <translation>Negli appunti non c’è una catena di effetti.</translation>
        </message>
        <message>
            <source>There is no trash for {render}.</source>
            <translation>Non c’è un cestino per {render}.</translation>
        </message>
        <message>
            <source>There is nothing to draw on.</source>
            <translation>Non c’è nulla su cui disegnare.</translation>
        </message>
        <message>
            <source>There is nothing to mask.</source>
            <translation>Non c’è nulla da mascherare.</translation>
        </message>
        <message>
            <source>There is nothing to redo.</source>
            <translation>Niente da ripetere.</translation>
        </message>
        <message>
            <source>There is nothing to undo.</source>
            <translation>Niente da annullare.</translation>
        </message>
        <message>
            <source>They are “{one}” and “{two}”.</source>
            <translation>Sono “{one}” e “{two}”.</translation>
        </message>
        <message>
            <source>They hold until it is closed. Have the file and its folder made writable.</source>
            <translation>Valgono finché non viene chiuso. Rendi scrivibili il file e la sua cartella.</translation>
        </message>
        <message>
            <source>They would be lost when the panel is closed.</source>
            <translation>Andrebbero perse chiudendo il pannello.</translation>
        </message>
        <message>
            <source>They would be lost when “{name}” is opened.</source>
            <translation>Andrebbero perse aprendo “{name}”.</translation>
        </message>
        <message>
            <source>Thin things: a wire, a boom, a rig. Draw a mask round it; it is grown and softened a little.</source>
            <translation>Cose sottili: un cavo, un’asta, un’imbracatura. Disegnaci intorno una maschera; viene allargata e ammorbidita un po’.</translation>
        </message>
        <message>
            <source>This effect takes no mask.</source>
            <translation>Questo effetto non usa maschere.</translation>
        </message>
        <message>
            <source>This is no file of shortcuts.</source>
            <translation>Questo non è un file di scorciatoie.</translation>
        </message>
        <message>
            <source>This machine</source>
            <translation>Questo computer</translation>
        </message>
        <message>
            <source>Three steps to the first render</source>
            <translation>Tre passi per il primo render</translation>
        </message>
        <message>
            <source>Tidy up</source>
            <translation>Fai pulizia</translation>
        </message>
        <message>
            <source>Time: {time} {where}</source>
            <translation>Tempo: {time} {where}</translation>
        </message>
        <message>
            <source>Timecode</source>
            <translation>Timecode</translation>
        </message>
        <message>
            <source>Timeline</source>
            <translation>Timeline</translation>
        </message>
        <message>
            <source>To the end</source>
            <translation>Vai alla fine</translation>
        </message>
        <message>
            <source>To the start</source>
            <translation>Vai all’inizio</translation>
        </message>
        <message>
            <source>Track above</source>
            <translation>Traccia superiore</translation>
        </message>
        <message>
            <source>Track below</source>
            <translation>Traccia inferiore</translation>
        </message>
        <message>
            <source>Transparency</source>
            <translation>Trasparenza</translation>
        </message>
        <message>
            <source>Try again when nothing is rendered.</source>
            <translation>Riprova quando non c’è nessun render in corso.</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>Riprova.</translation>
        </message>
        <message>
            <source>Try the sample edit</source>
            <translation>Prova il montaggio di esempio</translation>
        </message>
        <message>
            <source>Turn one of them on.</source>
            <translation>Attivane uno.</translation>
        </message>
        <message>
            <source>Twice as large, with the detail and the grain of the original.</source>
            <translation>Il doppio della dimensione, con il dettaglio e la grana dell’originale.</translation>
        </message>
        <message>
            <source>Twice as slow, with true frames between.</source>
            <translation>Due volte più lento, con veri fotogrammi intermedi.</translation>
        </message>
        <message>
            <source>Type a timecode</source>
            <translation>Digita un timecode</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Annulla</translation>
        </message>
        <message>
            <source>Undo it in {host}.</source>
            <translation>Annullarlo in {host}.</translation>
        </message>
        <message>
            <source>Undo that in {host}.</source>
            <translation>Annullare la modifica in {host}.</translation>
        </message>
        <message>
            <source>Undo {what}</source>
            <translation>Annulla: {what}</translation>
        </message>
        <message>
            <source>Untitled</source>
            <translation>Senza titolo</translation>
        </message>
        <message>
            <source>Upscale</source>
            <translation>Ingrandimento</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Usa</translation>
        </message>
        <message>
            <source>Use a rendered matte</source>
            <translation>Usa un matte renderizzato</translation>
        </message>
        <message>
            <source>Use a rendered matte as the mask</source>
            <translation>Usa un matte renderizzato come maschera</translation>
        </message>
        <message>
            <source>Used lately</source>
            <translation>Usati di recente</translation>
        </message>
        <message>
            <source>Usual layout</source>
            <translation>Disposizione abituale</translation>
        </message>
        <message>
            <source>Variable frame rate: read at the edit's rate</source>
            <translation>Frequenza variabile: letto alla frequenza del montaggio</translation>
        </message>
        <message>
            <source>Vectorscope</source>
            <translation>Vettorscopio</translation>
        </message>
        <message>
            <source>Verify again</source>
            <translation>Verifica di nuovo</translation>
        </message>
        <message>
            <source>Verify it once more.</source>
            <translation>Verificalo ancora una volta.</translation>
        </message>
        <message>
            <source>Verifying</source>
            <translation>Verifica</translation>
        </message>
        <message>
            <source>Verifying {render}…</source>
            <translation>Verifica di {render}…</translation>
        </message>
        <message>
            <source>Version of the clip</source>
            <translation>Versione della clip</translation>
        </message>
        <message>
            <source>Versions</source>
            <translation>Versioni</translation>
        </message>
        <message>
            <source>Viewer</source>
            <translation>Visore</translation>
        </message>
        <message>
            <source>Viewer on the whole screen</source>
            <translation>Visore a tutto schermo</translation>
        </message>
        <message>
            <source>Viewing LUT</source>
            <translation>LUT di visione</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>In attesa</translation>
        </message>
        <message>
            <source>Waiting: the queue is paused</source>
            <translation>In attesa: la coda è in pausa</translation>
        </message>
        <message>
            <source>Waits until {time}</source>
            <translation>Aspetta fino alle {time}</translation>
        </message>
        <message>
            <source>Waveform</source>
            <translation>Forma d’onda</translation>
        </message>
        <message>
            <source>Weaker difference</source>
            <translation>Differenza più debole</translation>
        </message>
        <message>
            <source>What</source>
            <translation>Che cosa</translation>
        </message>
        <message>
            <source>What is finished is kept, whatever you choose.</source>
            <translation>Ciò che è finito resta, qualunque cosa tu scelga.</translation>
        </message>
        <message>
            <source>What is finished of them is kept.</source>
            <translation>Ciò che è finito resta.</translation>
        </message>
        <message>
            <source>What is less opaque than this is transparent. Raise it against a dirty backing.</source>
            <translation>Ciò che è meno opaco di così diventa trasparente. Alzalo contro un fondale sporco.</translation>
        </message>
        <message>
            <source>What is lost</source>
            <translation>Che cosa si perde</translation>
        </message>
        <message>
            <source>What is more opaque than this is opaque. Lower it against holes.</source>
            <translation>Ciò che è più opaco di così diventa opaco. Abbassalo contro i buchi.</translation>
        </message>
        <message>
            <source>What is shown here is the edit as it was read.</source>
            <translation>Qui è mostrato il montaggio com’era quando è stato letto.</translation>
        </message>
        <message>
            <source>What it takes cannot be told.</source>
            <translation>Non è possibile dire quanto richiede.</translation>
        </message>
        <message>
            <source>What makes up what no frame shows: patches of its surroundings, or an inpainting model of your own, by its id: see opticals models add.</source>
            <translation>Chi inventa ciò che nessun fotogramma mostra: pezzi di ciò che sta intorno, o un tuo modello di inpainting, indicato dal suo id: vedi opticals models add.</translation>
        </message>
        <message>
            <source>What stands for the frames that have no file.</source>
            <translation>Che cosa sta al posto dei fotogrammi senza file.</translation>
        </message>
        <message>
            <source>What stands in front as a grey matte, softened for a grade behind it.</source>
            <translation>Ciò che sta davanti come matte grigio, ammorbidito per la color dietro.</translation>
        </message>
        <message>
            <source>What the edit says of it cannot be read.</source>
            <translation>Ciò che il montaggio ne dice non è leggibile.</translation>
        </message>
        <message>
            <source>What the picture is encoded in, where the file does not say or says it wrongly. Any name of OpenColorIO's can be typed.</source>
            <translation>In che spazio è codificata l’immagine, se il file non lo dice o lo dice male. Si può digitare qualsiasi nome di OpenColorIO.</translation>
        </message>
        <message>
            <source>What the render takes</source>
            <translation>Quanto richiede il render</translation>
        </message>
        <message>
            <source>What the render takes: {words}</source>
            <translation>Quanto richiede il render: {words}</translation>
        </message>
        <message>
            <source>What the shape does</source>
            <translation>Che cosa fa la forma</translation>
        </message>
        <message>
            <source>What to know of {name}:</source>
            <translation>Da sapere su {name}:</translation>
        </message>
        <message>
            <source>What was found</source>
            <translation>Che cosa è stato trovato</translation>
        </message>
        <message>
            <source>What was not saved of it would be lost, but for the renders.</source>
            <translation>Ciò che non è stato salvato andrebbe perso, tranne i render.</translation>
        </message>
        <message>
            <source>What you render waits here in turn. It can go on when the panel is closed, and what is done can be dragged into any program.</source>
            <translation>I tuoi render aspettano qui il loro turno. Possono andare avanti a pannello chiuso, e ciò che è finito si può trascinare in qualsiasi programma.</translation>
        </message>
        <message>
            <source>When time changes</source>
            <translation>Se il tempo cambia</translation>
        </message>
        <message>
            <source>When to start</source>
            <translation>Quando partire</translation>
        </message>
        <message>
            <source>Where it works: drawn shapes, or a matte.</source>
            <translation>Dove agisce: forme disegnate, o un matte.</translation>
        </message>
        <message>
            <source>Which matte is to be the mask?</source>
            <translation>Quale matte fa da maschera?</translation>
        </message>
        <message>
            <source>Whose colours the painting has: the style's or the source's.</source>
            <translation>Di chi sono i colori del dipinto: dello stile o della sorgente.</translation>
        </message>
        <message>
            <source>Widens the mask; below 0 it shrinks.</source>
            <translation>Allarga la maschera; sotto 0 la restringe.</translation>
        </message>
        <message>
            <source>Wipe</source>
            <translation>Tendina</translation>
        </message>
        <message>
            <source>Wipe at {place}: before on the left, after on the right</source>
            <translation>Tendina al {place}: prima a sinistra, dopo a destra</translation>
        </message>
        <message>
            <source>Wipe to the left</source>
            <translation>Tendina verso sinistra</translation>
        </message>
        <message>
            <source>Wipe to the left edge</source>
            <translation>Tendina al bordo sinistro</translation>
        </message>
        <message>
            <source>Wipe to the right</source>
            <translation>Tendina verso destra</translation>
        </message>
        <message>
            <source>Wipe to the right edge</source>
            <translation>Tendina al bordo destro</translation>
        </message>
        <message>
            <source>Works outside the mask instead.</source>
            <translation>Agisce invece fuori dalla maschera.</translation>
        </message>
        <message>
            <source>Write one as in “Ctrl+Shift+S”.</source>
            <translation>Scrivine uno come “Ctrl+Shift+S”.</translation>
        </message>
        <message>
            <source>Your own</source>
            <translation>I tuoi</translation>
        </message>
        <message>
            <source>Your presets</source>
            <translation>I tuoi predefiniti</translation>
        </message>
        <message>
            <source>Zoom</source>
            <translation>Zoom</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Zoom avanti</translation>
        </message>
        <message>
            <source>Zoom into the picture</source>
            <translation>Ingrandisci l’immagine</translation>
        </message>
        <message>
            <source>Zoom limit</source>
            <translation>Limite di zoom</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>Zoom indietro</translation>
        </message>
        <message>
            <source>Zoom out of the picture</source>
            <translation>Riduci l’immagine</translation>
        </message>
        <message>
            <source>Zoom: {zoom} %</source>
            <translation>Zoom: {zoom} %</translation>
        </message>
        <message>
            <source>about {rate} fps</source>
            <translation>circa {rate} fps</translation>
        </message>
        <message>
            <source>about {time}</source>
            <translation>circa {time}</translation>
        </message>
        <message>
            <source>alpha</source>
            <translation>alfa</translation>
        </message>
        <message>
            <source>alpha: the picture with transparency; matte: the matte as a grey picture; composite: laid over the background.</source>
            <translation>alfa: l’immagine con trasparenza; matte: il matte come immagine grigia; composizione: sopra lo sfondo.</translation>
        </message>
        <message>
            <source>another panel</source>
            <translation>un altro pannello</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automatico</translation>
        </message>
        <message>
            <source>autumn hatching</source>
            <translation>tratteggio autunnale</translation>
        </message>
        <message>
            <source>being fetched…</source>
            <translation>in scaricamento…</translation>
        </message>
        <message>
            <source>blue and gold strokes</source>
            <translation>pennellate blu e oro</translation>
        </message>
        <message>
            <source>blue crayon</source>
            <translation>pastello a cera blu</translation>
        </message>
        <message>
            <source>bold pastel</source>
            <translation>pastello deciso</translation>
        </message>
        <message>
            <source>brown mosaic</source>
            <translation>mosaico bruno</translation>
        </message>
        <message>
            <source>bypassed</source>
            <translation>escluso</translation>
        </message>
        <message>
            <source>charcoal and red</source>
            <translation>carboncino e rosso</translation>
        </message>
        <message>
            <source>colour untagged</source>
            <translation>colore non indicato</translation>
        </message>
        <message>
            <source>coloured pencil</source>
            <translation>matita colorata</translation>
        </message>
        <message>
            <source>compact is fast, large is for live action; auto takes large on a GPU. Or a model of your own, by its id: see opticals models add.</source>
            <translation>compact è veloce, large è per le riprese dal vero; auto sceglie large su una GPU. Oppure un tuo modello, indicato dal suo id: vedi opticals models add.</translation>
        </message>
        <message>
            <source>composite</source>
            <translation>composizione</translation>
        </message>
        <message>
            <source>compound</source>
            <translation>composta</translation>
        </message>
        <message numerus="yes">
            <source>compound of %n clip(s)</source>
            <translation>
                <numerusform>composta di %n clip</numerusform>
                <numerusform>composta di %n clip</numerusform>
            </translation>
        </message>
        <message>
            <source>copper</source>
            <translation>rame</translation>
        </message>
        <message>
            <source>core</source>
            <translation>nucleo</translation>
        </message>
        <message>
            <source>crimson pastel</source>
            <translation>pastello cremisi</translation>
        </message>
        <message>
            <source>crop</source>
            <translation>ritaglia</translation>
        </message>
        <message>
            <source>crop zooms in so that none show, fill takes them from the frames around.</source>
            <translation>ritaglia ingrandisce finché non si vedono, riempi li prende dai fotogrammi vicini.</translation>
        </message>
        <message>
            <source>damaged</source>
            <translation>danneggiato</translation>
        </message>
        <message>
            <source>degrees</source>
            <translation>gradi</translation>
        </message>
        <message>
            <source>disabled</source>
            <translation>disattivata</translation>
        </message>
        <message>
            <source>dissolve, frame {frame} of {frames}</source>
            <translation>dissolvenza, fotogramma {frame} di {frames}</translation>
        </message>
        <message>
            <source>done</source>
            <translation>fatto</translation>
        </message>
        <message>
            <source>fast: U2-Net-p; quality: IS-Net, sharper and many times slower. Or another matting model, by its id: see opticals models list.</source>
            <translation>fast: U2-Net-p; quality: IS-Net, più nitido e molte volte più lento. Oppure un altro modello di scontorno, indicato dal suo id: vedi opticals models list.</translation>
        </message>
        <message>
            <source>fill</source>
            <translation>riempi</translation>
        </message>
        <message>
            <source>fps</source>
            <translation>fps</translation>
        </message>
        <message>
            <source>frame</source>
            <translation>fotogramma</translation>
        </message>
        <message>
            <source>frames</source>
            <translation>fotogr.</translation>
        </message>
        <message>
            <source>freeze</source>
            <translation>fermo immagine</translation>
        </message>
        <message>
            <source>full range</source>
            <translation>range completo</translation>
        </message>
        <message>
            <source>full range (not said)</source>
            <translation>range completo (non indicato)</translation>
        </message>
        <message>
            <source>garbage</source>
            <translation>scarto</translation>
        </message>
        <message>
            <source>garbage: outside the mask all is transparent; core: inside it all is opaque.</source>
            <translation>scarto: fuori dalla maschera tutto è trasparente; nucleo: dentro tutto è opaco.</translation>
        </message>
        <message>
            <source>generator</source>
            <translation>generatore</translation>
        </message>
        <message>
            <source>green etching</source>
            <translation>acquaforte verde</translation>
        </message>
        <message>
            <source>indigo dots</source>
            <translation>punti indaco</translation>
        </message>
        <message>
            <source>ink wash</source>
            <translation>inchiostro diluito</translation>
        </message>
        <message>
            <source>installed</source>
            <translation>installato</translation>
        </message>
        <message>
            <source>keep</source>
            <translation>mantieni</translation>
        </message>
        <message>
            <source>lilac pastel</source>
            <translation>pastello lilla</translation>
        </message>
        <message>
            <source>little memory is free</source>
            <translation>poca memoria libera</translation>
        </message>
        <message>
            <source>locked</source>
            <translation>bloccata</translation>
        </message>
        <message>
            <source>matte</source>
            <translation>matte</translation>
        </message>
        <message>
            <source>missing frames</source>
            <translation>fotogrammi mancanti</translation>
        </message>
        <message>
            <source>moonlight</source>
            <translation>chiaro di luna</translation>
        </message>
        <message>
            <source>must be fetched</source>
            <translation>da scaricare</translation>
        </message>
        <message>
            <source>navy print</source>
            <translation>stampa blu notte</translation>
        </message>
        <message numerus="yes">
            <source>needs %n model(s) ({size})</source>
            <translation>
                <numerusform>serve %n modello ({size})</numerusform>
                <numerusform>servono %n modelli ({size})</numerusform>
            </translation>
        </message>
        <message>
            <source>no commercial use</source>
            <translation>uso non commerciale</translation>
        </message>
        <message>
            <source>no media</source>
            <translation>senza file</translation>
        </message>
        <message>
            <source>no timecode</source>
            <translation>senza timecode</translation>
        </message>
        <message>
            <source>not allowed</source>
            <translation>non ammesso</translation>
        </message>
        <message>
            <source>not allowed: commercial use only</source>
            <translation>non ammesso: solo uso commerciale</translation>
        </message>
        <message>
            <source>not now</source>
            <translation>non ora</translation>
        </message>
        <message>
            <source>nothing</source>
            <translation>niente</translation>
        </message>
        <message>
            <source>ochre woodcut</source>
            <translation>xilografia ocra</translation>
        </message>
        <message>
            <source>off</source>
            <translation>no</translation>
        </message>
        <message>
            <source>offline</source>
            <translation>offline</translation>
        </message>
        <message>
            <source>on</source>
            <translation>sì</translation>
        </message>
        <message>
            <source>on the processor</source>
            <translation>sul processore</translation>
        </message>
        <message>
            <source>on {device}</source>
            <translation>su {device}</translation>
        </message>
        <message>
            <source>original</source>
            <translation>originale</translation>
        </message>
        <message numerus="yes">
            <source>original · %n render(s)</source>
            <translation>
                <numerusform>originale · %n render</numerusform>
                <numerusform>originale · %n render</numerusform>
            </translation>
        </message>
        <message>
            <source>overlay {version}</source>
            <translation>sovrapposizione {version}</translation>
        </message>
        <message>
            <source>pale blue wash</source>
            <translation>acquerello celeste</translation>
        </message>
        <message>
            <source>place:value place:value</source>
            <translation>posto:valore posto:valore</translation>
        </message>
        <message>
            <source>placing {render}</source>
            <translation>inserimento di {render}</translation>
        </message>
        <message>
            <source>primary colours</source>
            <translation>colori primari</translation>
        </message>
        <message>
            <source>px</source>
            <translation>px</translation>
        </message>
        <message>
            <source>px long</source>
            <translation>px di lunghezza</translation>
        </message>
        <message>
            <source>red and blue strokes</source>
            <translation>pennellate rosse e blu</translation>
        </message>
        <message>
            <source>red and green mosaic</source>
            <translation>mosaico rosso e verde</translation>
        </message>
        <message>
            <source>red glow</source>
            <translation>bagliore rosso</translation>
        </message>
        <message>
            <source>red weave</source>
            <translation>trama rossa</translation>
        </message>
        <message>
            <source>reel {name}</source>
            <translation>bobina {name}</translation>
        </message>
        <message>
            <source>relinking</source>
            <translation>ricollegamento</translation>
        </message>
        <message>
            <source>remove</source>
            <translation>togli</translation>
        </message>
        <message>
            <source>remove: frames that only repeat the one before are left out, and the motion between the others runs evenly again.</source>
            <translation>togli: i fotogrammi che ripetono il precedente sono omessi, e il movimento tra gli altri torna regolare.</translation>
        </message>
        <message>
            <source>rendered in {time}</source>
            <translation>renderizzato in {time}</translation>
        </message>
        <message>
            <source>rendered, not placed: it waits in the queue</source>
            <translation>renderizzato, non inserito: attende nella coda</translation>
        </message>
        <message>
            <source>restoring {clip}</source>
            <translation>ripristino di {clip}</translation>
        </message>
        <message>
            <source>same</source>
            <translation>stesso</translation>
        </message>
        <message>
            <source>sand pastel</source>
            <translation>pastello sabbia</translation>
        </message>
        <message>
            <source>sepia relief</source>
            <translation>rilievo seppia</translation>
        </message>
        <message>
            <source>smooth</source>
            <translation>fluida</translation>
        </message>
        <message>
            <source>smooth keeps its moves without the shake, locked makes it stand still as far as the zoom limit allows.</source>
            <translation>fluida conserva i movimenti senza oscillazioni, bloccata la tiene ferma finché il limite di zoom lo permette.</translation>
        </message>
        <message>
            <source>source</source>
            <translation>sorgente</translation>
        </message>
        <message>
            <source>speed varies</source>
            <translation>velocità variabile</translation>
        </message>
        <message>
            <source>stained glass</source>
            <translation>vetrata</translation>
        </message>
        <message>
            <source>style</source>
            <translation>stile</translation>
        </message>
        <message>
            <source>switching {clip} to {version}</source>
            <translation>passaggio di {clip} a {version}</translation>
        </message>
        <message>
            <source>taking out {version}</source>
            <translation>rimozione di {version}</translation>
        </message>
        <message>
            <source>the background</source>
            <translation>il processo in background</translation>
        </message>
        <message>
            <source>the command line</source>
            <translation>la riga di comando</translation>
        </message>
        <message>
            <source>the disk is too small</source>
            <translation>il disco è troppo piccolo</translation>
        </message>
        <message>
            <source>the viewer plays</source>
            <translation>il visore sta riproducendo</translation>
        </message>
        <message>
            <source>times</source>
            <translation>volte</translation>
        </message>
        <message>
            <source>took {time}</source>
            <translation>durata {time}</translation>
        </message>
        <message>
            <source>transition “{kind}”, shown as a dissolve</source>
            <translation>transizione “{kind}”, mostrata come dissolvenza</translation>
        </message>
        <message>
            <source>transition, shown as a cut</source>
            <translation>transizione, mostrata come taglio</translation>
        </message>
        <message>
            <source>transition, shown as a cut: a medium ends within it</source>
            <translation>transizione, mostrata come taglio: un file finisce al suo interno</translation>
        </message>
        <message>
            <source>video range</source>
            <translation>range video</translation>
        </message>
        <message>
            <source>video range (not said)</source>
            <translation>range video (non indicato)</translation>
        </message>
        <message>
            <source>yellow and ink</source>
            <translation>giallo e inchiostro</translation>
        </message>
        <message>
            <source>{clips}, {lost} without medium</source>
            <translation>{clips}, {lost} senza file</translation>
        </message>
        <message>
            <source>{clip} is the original again.</source>
            <translation>{clip} è di nuovo l’originale.</translation>
        </message>
        <message>
            <source>{clip} shows {version}.</source>
            <translation>{clip} mostra {version}.</translation>
        </message>
        <message>
            <source>{clip} “{name}” shows it.</source>
            <translation>{clip} “{name}” lo mostra.</translation>
        </message>
        <message>
            <source>{container} (usual)</source>
            <translation>{container} (usuale)</translation>
        </message>
        <message>
            <source>{done} of {total}</source>
            <translation>{done} di {total}</translation>
        </message>
        <message>
            <source>{done} of {total} frames…</source>
            <translation>{done} di {total} fotogrammi…</translation>
        </message>
        <message>
            <source>{duration} in all</source>
            <translation>{duration} in tutto</translation>
        </message>
        <message>
            <source>{edit} had not been saved. The render is kept: {file}</source>
            <translation>{edit} non era stato salvato. Il render è conservato: {file}</translation>
        </message>
        <message>
            <source>{file} cannot be read.</source>
            <translation>{file} non è leggibile.</translation>
        </message>
        <message>
            <source>{file} cannot be shown.</source>
            <translation>Impossibile mostrare {file}.</translation>
        </message>
        <message>
            <source>{file} cannot be written.</source>
            <translation>{file} non è scrivibile.</translation>
        </message>
        <message>
            <source>{file} is missing.</source>
            <translation>{file} manca.</translation>
        </message>
        <message>
            <source>{file} is written.</source>
            <translation>{file} è scritto.</translation>
        </message>
        <message>
            <source>{file} was not verified.</source>
            <translation>{file} non è stato verificato.</translation>
        </message>
        <message numerus="yes">
            <source>{first} – {last} · %n frame(s)</source>
            <translation>
                <numerusform>{first} – {last} · %n fotogramma</numerusform>
                <numerusform>{first} – {last} · %n fotogrammi</numerusform>
            </translation>
        </message>
        <message>
            <source>{head} and {tail} of them handles</source>
            <translation>di cui {head} e {tail} di maniglie</translation>
        </message>
        <message>
            <source>{host} has no overlays: it is a version.</source>
            <translation>{host} non ha sovrapposizioni: il render è una versione.</translation>
        </message>
        <message>
            <source>{host} has no versions of a part of a clip: the render lies above.</source>
            <translation>{host} non ha versioni di una parte di clip: il render sta sopra.</translation>
        </message>
        <message>
            <source>{host} is not there any more.</source>
            <translation>{host} non è più presente.</translation>
        </message>
        <message>
            <source>{host} placed other frames than the render's.</source>
            <translation>{host} ha inserito fotogrammi diversi da quelli del render.</translation>
        </message>
        <message>
            <source>{host} takes no such renders.</source>
            <translation>{host} non accetta render di questo tipo.</translation>
        </message>
        <message>
            <source>{key} is free.</source>
            <translation>{key} è libero.</translation>
        </message>
        <message>
            <source>{key} is “{command}”.</source>
            <translation>{key} è “{command}”.</translation>
        </message>
        <message>
            <source>{key} moves the focus.</source>
            <translation>{key} sposta il fuoco.</translation>
        </message>
        <message>
            <source>{key} stands for two commands in this file.</source>
            <translation>{key} indica due comandi in questo file.</translation>
        </message>
        <message>
            <source>{label} may not be used: {licence}</source>
            <translation>{label} non si può usare: {licence}</translation>
        </message>
        <message>
            <source>{label} must be fetched: {size}, {licence}</source>
            <translation>{label} è da scaricare: {size}, {licence}</translation>
        </message>
        <message>
            <source>{low} to {high}</source>
            <translation>da {low} a {high}</translation>
        </message>
        <message>
            <source>{name} is left out.</source>
            <translation>{name} è escluso.</translation>
        </message>
        <message>
            <source>{name} is not deleted.</source>
            <translation>{name} non è eliminato.</translation>
        </message>
        <message>
            <source>{name} will not hold all of the edit.</source>
            <translation>{name} non conterrà tutto il montaggio.</translation>
        </message>
        <message>
            <source>{name} · not found</source>
            <translation>{name} · non trovato</translation>
        </message>
        <message>
            <source>{name}, {number} of {total}, {state}</source>
            <translation>{name}, {number} di {total}, {state}</translation>
        </message>
        <message numerus="yes">
            <source>{name}: {lost} of %n clip(s) have no medium here.</source>
            <translation>
                <numerusform>{name}: {lost} clip su %n è senza file.</numerusform>
                <numerusform>{name}: {lost} clip su %n sono senza file.</numerusform>
            </translation>
        </message>
        <message>
            <source>{number} %</source>
            <translation>{number} %</translation>
        </message>
        <message>
            <source>{number} fps</source>
            <translation>{number} fps</translation>
        </message>
        <message>
            <source>{number} s per frame</source>
            <translation>{number} s per fotogramma</translation>
        </message>
        <message>
            <source>{point}: {found} instead of {expected}</source>
            <translation>{point}: {found} invece di {expected}</translation>
        </message>
        <message>
            <source>{rate} fps</source>
            <translation>{rate} fps</translation>
        </message>
        <message>
            <source>{render} has no recipe that can be used here.</source>
            <translation>{render} non ha una ricetta utilizzabile qui.</translation>
        </message>
        <message>
            <source>{render} is deleted.</source>
            <translation>{render} è eliminato.</translation>
        </message>
        <message>
            <source>{render} is in the edit already.</source>
            <translation>{render} è già nel montaggio.</translation>
        </message>
        <message>
            <source>{render} is in the edit.</source>
            <translation>{render} è nel montaggio.</translation>
        </message>
        <message>
            <source>{render} is in the trash.</source>
            <translation>{render} è nel cestino.</translation>
        </message>
        <message>
            <source>{render} is not deleted.</source>
            <translation>{render} non è eliminato.</translation>
        </message>
        <message>
            <source>{render} is not what it should be.</source>
            <translation>{render} non è come dovrebbe.</translation>
        </message>
        <message>
            <source>{render} is the mask.</source>
            <translation>{render} è la maschera.</translation>
        </message>
        <message>
            <source>{render} is what it should be.</source>
            <translation>{render} è come dovrebbe.</translation>
        </message>
        <message>
            <source>{render} was rendered for {edit}.</source>
            <translation>{render} è stato renderizzato per {edit}.</translation>
        </message>
        <message>
            <source>{scope} · in %</source>
            <translation>{scope} · in %</translation>
        </message>
        <message>
            <source>{scope} · red, green, blue, in %</source>
            <translation>{scope} · rosso, verde, blu, in %</translation>
        </message>
        <message>
            <source>{size} MB</source>
            <translation>{size} MB</translation>
        </message>
        <message>
            <source>{size} MB to fetch</source>
            <translation>{size} MB da scaricare</translation>
        </message>
        <message numerus="yes">
            <source>{span}, %n frame(s)</source>
            <translation>
                <numerusform>{span}, %n fotogramma</numerusform>
                <numerusform>{span}, %n fotogrammi</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{timecode} and on · %n frames</source>
            <translation>
                <numerusform>da {timecode} · %n fotogramma</numerusform>
                <numerusform>da {timecode} · %n fotogrammi</numerusform>
            </translation>
        </message>
        <message>
            <source>{timecode} · changed since</source>
            <translation>{timecode} · modificato da allora</translation>
        </message>
        <message>
            <source>{time} left</source>
            <translation>ancora {time}</translation>
        </message>
        <message>
            <source>{version} draft</source>
            <translation>{version} bozza</translation>
        </message>
        <message>
            <source>{version} · {place} of {all}</source>
            <translation>{version} · {place} di {all}</translation>
        </message>
        <message>
            <source>“{key}” is not a key.</source>
            <translation>“{key}” non è un tasto.</translation>
        </message>
        <message>
            <source>“{name}” cannot be rendered.</source>
            <translation>Impossibile elaborare “{name}”.</translation>
        </message>
        <message>
            <source>“{name}” has changes that are not saved.</source>
            <translation>“{name}” ha modifiche non salvate.</translation>
        </message>
        <message>
            <source>“{name}” is not in the timeline any more.</source>
            <translation>“{name}” non è più nella timeline.</translation>
        </message>
        <message>
            <source>“{name}” is not there any more.</source>
            <translation>“{name}” non c’è più.</translation>
        </message>
        <message>
            <source>“{name}” was changed by another program.</source>
            <translation>“{name}” è stato modificato da un altro programma.</translation>
        </message>
        <message>
            <source>“{name}” was trimmed meanwhile, or slipped.</source>
            <translation>“{name}” nel frattempo è stata rifilata, o il suo contenuto spostato.</translation>
        </message>
        <message>
            <source>“{name}”, which this edit was made from, has changed.</source>
            <translation>“{name}”, da cui viene questo montaggio, è cambiato.</translation>
        </message>
        <message>
            <source>” and “</source>
            <translation>” e “</translation>
        </message>
        <message>
            <source>… and {rest} more.</source>
            <translation>… e altri {rest}.</translation>
        </message>
    </context>
</TS>
