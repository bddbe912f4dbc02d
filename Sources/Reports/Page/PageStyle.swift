/// The report's style sheet. Colours keep 4.5:1 against what they stand on, light and dark.
enum PageStyle {
  static let css: StaticString = #"""
    :root{color-scheme:light dark;
    --paper:#f6f5f1;--card:#fffefc;--sunk:#efede6;--ink:#1b2127;--soft:#565f69;--line:#dedacf;--edge:#b9b4a6;--link:#1a4f92;
    --critical:#86113a;--high:#bb3a1e;--medium:#8c6900;--low:#2b6a76;--on:#fff;
    --add:#e2f2e3;--addi:#14532d;--del:#fae4e0;--deli:#7d1d12;--flag:#fdf1d6;--flagi:#6b4300;
    --sans:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    --mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
    @media (prefers-color-scheme:dark){:root{
    --paper:#14171b;--card:#1b2025;--sunk:#22282e;--ink:#e8e6e1;--soft:#a4adb6;--line:#2f363d;--edge:#535c66;--link:#8fbcf5;
    --critical:#f27ba0;--high:#f58d6c;--medium:#e2ae55;--low:#7cc2cf;--on:#14171b;
    --add:#15301e;--addi:#a9e5bb;--del:#3b1b18;--deli:#f6b9ae;--flag:#33280f;--flagi:#f0ce8a}}
    *{box-sizing:border-box}
    html{scroll-padding-top:5rem;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:anywhere}
    .top,main,footer{max-width:74rem;margin:0 auto;padding:0 1.5rem}
    a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
    #alerts:focus{outline:none}
    .skip{position:absolute;left:-99rem;top:0;background:var(--card);padding:.5rem 1rem;z-index:9}
    .skip:focus{left:1rem}
    .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    code,pre{font-family:var(--mono);font-size:.84em}
    pre{margin:0;white-space:pre-wrap;tab-size:2}
    h1,h2,h3,h4,h5,h6{line-height:1.25;margin:0;font-weight:650;text-wrap:balance}
    h2{font-size:1.3rem;margin:3rem 0 1rem;letter-spacing:-.01em}
    h4,h5,h6{font-size:1rem}
    p{margin:.5rem 0}
    .soft,small,figcaption{color:var(--soft)}
    small,figcaption{font-size:.85rem;font-weight:400}
    bdi{unicode-bidi:isolate}.t,time{white-space:nowrap}
    summary{cursor:pointer}
    dl,dd,ul,figure{margin:0}
    .top{padding-top:2.5rem;padding-bottom:.5rem}
    .brand{font-size:.82rem;letter-spacing:.09em;text-transform:uppercase;font-weight:650;margin:0 0 1.1rem}
    .brand span{color:var(--soft);font-weight:400}
    h1{font-size:clamp(2rem,5.2vw,3.1rem);letter-spacing:-.025em;font-weight:700}
    h1 span{color:var(--soft);font-weight:400}
    .span{color:var(--soft);font-size:1.05rem;margin:.4rem 0 1.5rem;font-variant-numeric:tabular-nums}
    .sevbar{display:block;width:100%;height:10px;border-radius:5px}
    .sevs{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;margin:.65rem 0 0}
    .sevs b{font-size:1.15rem;font-variant-numeric:tabular-nums}
    .sevs li::before,.dot::before{content:"";display:inline-block;width:.65em;height:.65em;border-radius:50%;background:var(--c);
    margin-right:.5em}
    .key{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));margin:1.75rem 0 1rem;
    border:1px solid var(--line);border-radius:8px;background:var(--card);overflow:hidden}
    .key div{padding:.75rem 1rem;border-left:1px solid var(--line);margin-left:-1px}
    .key dt{font-size:.85rem;color:var(--soft)}
    .key dd{font-size:1.4rem;font-weight:600;font-variant-numeric:tabular-nums;letter-spacing:-.01em;line-height:1.3}
    .inputs{color:var(--soft);font-size:.92rem}.asked{margin:0 0 1rem}.unread{margin:0 0 1rem}
    .s-critical,.m-critical{--c:var(--critical)}.s-high,.m-high{--c:var(--high)}
    .s-medium,.m-medium{--c:var(--medium)}.s-low,.m-low{--c:var(--low)}
    .f-critical{fill:var(--critical)}.f-high{fill:var(--high)}.f-medium{fill:var(--medium)}.f-low{fill:var(--low)}
    .sv{display:inline-block;background:var(--c);color:var(--on);font-size:.74rem;font-weight:650;line-height:1;padding:.28rem .5rem;
    border-radius:4px;min-width:4.4rem;text-align:center;text-transform:capitalize}
    figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1rem .6rem}
    figure svg{display:block;width:100%;height:auto;overflow:visible}
    figcaption{margin-top:.35rem}
    .narrow{display:none}
    .tick{fill:var(--soft);font-size:11.5px;font-family:var(--sans);font-variant-numeric:tabular-nums}
    .off{fill:var(--ink);font-weight:650}.grid{stroke:var(--line)}.axis{stroke:var(--edge)}
    .matrix{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.2rem,1fr));gap:1.25rem .9rem;align-items:start}
    .matrix h3{font-size:.98rem;border-bottom:2px solid var(--edge);padding-bottom:.4rem;margin-bottom:.5rem}
    .matrix ul{list-style:none;padding:0;display:grid;gap:.4rem}
    .matrix li{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.4rem .5rem .4rem .75rem;
    box-shadow:inset 4px 0 0 var(--c);line-height:1.35}
    .matrix li.part{margin-left:.75rem}
    .matrix b{display:block;hyphens:auto;font-weight:600;font-size:.9rem}.matrix small{display:block;font-size:.8rem}
    .id{display:block;font-size:.78rem;color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums}
    .pair{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:0 2.5rem}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:.92rem}
    th,td{text-align:left;vertical-align:top;padding:.45rem .8rem .45rem 0;border-bottom:1px solid var(--line);font-weight:400}
    thead th{color:var(--soft);font-size:.82rem;border-bottom-color:var(--edge);white-space:nowrap}
    td{white-space:nowrap;font-variant-numeric:tabular-nums}
    td.n{text-align:right}
    tbody th:has(.dot){position:relative;padding-left:1.3rem}
    .dot{position:absolute;left:0}
    .about{margin:.6rem 0}.about>summary,.doc>summary{color:var(--link);width:max-content;max-width:100%}
    .about>summary:hover,.doc>summary:hover{text-decoration:underline}
    .about h4{margin:.9rem 0 .3rem;font-size:.95rem}
    .about ul{padding-left:1.2rem}.cols{columns:18rem;font-size:.92rem}
    .lines ul{padding:.8rem 1rem .8rem 2rem;background:var(--flag);color:var(--flagi);border-radius:8px;font-size:.92rem}
    .lines.prob ul{background:var(--del);color:var(--deli)}
    .note{background:var(--flag);color:var(--flagi);padding:.7rem 1rem;border-radius:8px}
    .none{color:var(--soft);padding:2rem 0;text-align:center}
    .bar{position:sticky;top:0;z-index:3;background:var(--paper);border-bottom:1px solid var(--line);padding:.7rem 0;display:flex;
    flex-wrap:wrap;gap:.6rem 1.1rem;align-items:center;font-size:.92rem}
    .bar[hidden]{display:none}
    .bar input:not([type=checkbox]),.bar select,.bar button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);
    border-radius:6px;padding:.4rem .65rem}
    .bar input[type=search]{flex:1 1 26rem;min-width:0}
    .bar button{cursor:pointer}.bar button:hover{border-color:var(--ink)}
    .bar fieldset{border:0;margin:0;padding:0;display:flex;gap:.2rem .8rem;flex-wrap:wrap}
    .bar label{display:inline-flex;align-items:center;gap:.35rem}#sev label{text-transform:capitalize}
    .bar output{color:var(--soft);font-variant-numeric:tabular-nums;min-width:8.5rem}
    .rule{margin:2.25rem 0 0}
    .rule>header{margin-bottom:.8rem}
    .rule>header>p{max-width:48rem;color:var(--soft);margin:.4rem 0}
    h3{font-size:1.13rem;letter-spacing:-.005em}
    .rule h3{display:flex;flex-wrap:wrap;align-items:center;gap:.3rem .7rem}
    .list{border:1px solid var(--line);border-radius:8px;background:var(--card);overflow:clip}
    .al{content-visibility:auto;contain-intrinsic-size:auto 3rem;scroll-margin-top:5rem}
    .al,.fo>summary{border-top:1px solid var(--line);margin-top:-1px}
    .fo>.al:not([hidden]),.group>.al:not([hidden]){margin-top:0}
    .one[hidden],.list[hidden],.group[hidden]{display:none}
    .fo>summary{padding:.65rem 1rem;display:flex;flex-wrap:wrap;gap:.2rem .5rem;align-items:baseline;background:var(--sunk)}
    .fo>summary .me{margin-left:auto}
    .fo>.al{margin-left:1rem}
    .group{margin-top:1.5rem}.group>h3{padding:.7rem 1rem;display:flex;gap:.8rem}
    .acts{display:flex;flex-wrap:wrap;gap:.5rem}
    .acts button,.q button,figure>button{font:inherit;font-size:.85rem;color:var(--link);background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:.2rem .6rem;cursor:pointer}
    .q button{margin-top:.3rem}.note-in{display:grid;gap:.3rem;color:var(--soft);font-size:.9rem}
    .note-in textarea{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:.4rem .6rem;width:100%}
    .note-out{display:none;white-space:pre-wrap}
    .range{fill:var(--link);fill-opacity:.18;pointer-events:none}#time svg{cursor:crosshair;touch-action:pan-y}
    [aria-invalid=true]{outline:2px solid var(--critical)}
    .al[hidden],.rule[hidden]{display:none}
    .row>summary{display:grid;grid-template-columns:.8rem minmax(0,1fr) auto;gap:.1rem .8rem;padding:.65rem 1rem;
    list-style:none;align-items:baseline}
    .row>summary::before{content:"";width:.42rem;height:.42rem;border:solid var(--soft);border-width:0 1.5px 1.5px 0;
    transform:rotate(-45deg) translate(-.1rem,-.1rem);justify-self:center}
    .row[open]>summary::before{transform:rotate(45deg) translate(-.1rem,-.1rem)}
    .row>summary::-webkit-details-marker{display:none}
    .row>summary:hover{background:var(--sunk)}
    .row>summary:focus-visible{outline-offset:-2px}
    .row[open]>summary{background:var(--sunk);box-shadow:inset 4px 0 0 var(--c)}
    .row h3{font-size:1rem;font-weight:400;display:flex;gap:.8rem;align-items:baseline;min-width:0}
    .row h3 .sv{flex:none}
    .wh i{font-style:normal;color:var(--soft)}
    .what{font-weight:650}
    .me{color:var(--soft);font-size:.9rem;display:flex;flex-wrap:wrap;gap:0 1.2rem;font-variant-numeric:tabular-nums}
    .me bdi{min-width:10rem}
    .rn{display:block;color:var(--soft);font-size:.88rem}
    .bd{padding:1.1rem 1.25rem 1.4rem;display:grid;gap:1.35rem}
    .facts{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.3rem 1rem;font-size:.94rem}
    .facts dt{color:var(--soft)}
    .bd h4{margin-bottom:.4rem}
    .bd section>p{max-width:52rem}
    .terms,.flags,.rel{list-style:none;padding:0;display:grid;gap:.35rem}
    .terms{margin:.6rem 0}
    .terms li{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline}
    .terms b{font-weight:400;color:var(--soft);font-size:.9rem}
    .terms code{font-weight:700}
    .terms i{font-style:normal;font-size:.9rem;border-left:2px solid var(--edge);padding-left:.6rem}
    .q{margin:.7rem 0 0}
    .q span{display:block;font-size:.85rem;color:var(--soft);margin-bottom:.2rem}
    .q pre,.raw pre,.doc pre,.gd pre{background:var(--sunk);border-radius:6px;padding:.6rem .8rem;line-height:1.5}
    .lead{font-size:1.08rem;font-weight:600}
    .flags{margin:.6rem 0}
    .flags li{background:var(--flag);color:var(--flagi);border-radius:6px;padding:.4rem .8rem;font-weight:600}
    .flags .old{background:var(--sunk);color:var(--soft);font-weight:400}
    .diff{border-radius:6px;overflow:hidden;margin:.6rem 0;font-size:.94rem}
    .diff ins,.diff del{display:flex;gap:.7rem;padding:.22rem .8rem;text-decoration:none;background:var(--add);color:var(--addi);
    position:relative}
    .diff del{background:var(--del);color:var(--deli)}
    .diff b{font-family:var(--mono);flex:none;user-select:none}
    .diff i{font-style:normal;flex:none;width:5.5rem}
    .diff code{font-size:.92em}
    .doc{margin-top:.6rem}
    .doc pre{margin-top:.4rem}
    .guide>summary,.raw>summary{width:max-content;max-width:100%;color:var(--soft)}
    .guide h4,.raw h4{display:inline;color:var(--ink)}
    .guide>summary:hover h4,.raw>summary:hover h4{text-decoration:underline}
    .gd{max-width:54rem;padding:.4rem 0 .2rem .2rem}
    .gd h5{margin:1.2rem 0 .4rem}
    .gd .g1{font-size:1.05rem}.gd .g2{font-size:1rem}
    .gd ul,.gd ol{padding-left:1.4rem;margin:.3rem 0}
    .gd li{margin:.35rem 0}
    .gd .steps{padding-left:0;list-style:none}
    .gd ul.steps>li:not(:has(>label)),.gd ol.steps>li:not(:has(>label)){margin-left:1.4rem;list-style:disc}
    .gd label{display:flex;gap:.7rem;align-items:baseline;cursor:pointer}
    .gd label input{flex:none;width:1rem;height:1rem;margin:0;transform:translateY(.15rem);accent-color:var(--link)}
    .gd label:has(:checked) span{color:var(--soft);text-decoration:line-through;text-decoration-thickness:1px}
    .gd label+ul,.gd label+ol{padding-left:3.1rem}
    .gd code{background:var(--sunk);border-radius:3px;padding:.08em .3em}
    .gd pre code{padding:0;background:none}
    .gd blockquote{margin:.6rem 0;padding-left:1rem;border-left:3px solid var(--edge);color:var(--soft)}
    .raw pre{margin-top:.5rem;font-size:.8rem}
    .rel{margin-top:.3rem}
    .rel .sv{margin-right:.7rem}
    .p button,.tq button,.sevs button{font:inherit;color:inherit;background:none;border:0;padding:0;text-align:left;cursor:pointer;overflow-wrap:anywhere}
    .p button:hover,.tq button:hover,.sevs button:hover{text-decoration:underline}
    footer{color:var(--soft);font-size:.88rem;padding-top:2.5rem;padding-bottom:3rem}
    @media (max-width:52rem){
    .pair{grid-template-columns:minmax(0,1fr)}
    .row>summary{grid-template-columns:.8rem minmax(0,1fr)}
    .me{grid-column:2;padding-left:5.2rem}}
    @media (max-width:36rem){
    .top,main,footer{padding-left:1rem;padding-right:1rem}
    .wide{display:none}.narrow{display:block}
    td{white-space:normal}.who :is(th,td):nth-child(3){display:none}.who td:last-child{min-width:5.8rem;padding-right:0}
    .bar{position:static}
    .facts{grid-template-columns:minmax(0,1fr);gap:0}
    .facts dd{margin-bottom:.5rem}
    .row h3{flex-direction:column;gap:.3rem}.me{padding-left:0}
    .diff ins,.diff del{flex-wrap:wrap;gap:0 .7rem}.diff code{flex-basis:100%}
    .rule,.row>summary,.bd{scroll-margin-top:0}}
    @media print{
    :root{--paper:#fff;--card:#fff;--sunk:#f3f2ee;--ink:#000;--soft:#444;--line:#ccc;--edge:#888;--link:#000;
    --critical:#86113a;--high:#bb3a1e;--medium:#8c6900;--low:#2b6a76;--on:#fff;
    --add:#e2f2e3;--addi:#14532d;--del:#fae4e0;--deli:#7d1d12;--flag:#fdf1d6;--flagi:#6b4300}
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    @page{margin:10mm}
    body{font-size:7.6pt;line-height:1.25}
    .top,main,footer{max-width:none;padding:0}
    .bar,.skip,.about{display:none}
    .rule header .about{display:none}
    h1{font-size:1.5rem}h2{font-size:1.1rem;margin:.9rem 0 .3rem}h3,.lead{font-size:1.2em}
    .span{font-size:1em;margin:.2rem 0 .5rem}.key{margin:.6rem 0;grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr))}
    .key div{padding:.15rem .6rem}.key dd{font-size:1rem}
    .facts,small,figcaption,.me,.q,table,.terms b,.terms i,.soft,.rn{font-size:1em}code,pre{font-size:.95em}
    h2,h3,h4,h5,h6,.row>summary,.fo>summary,.guide>summary,.doc>summary,.rule header>p,.lead{break-after:avoid;break-inside:avoid}
    .facts,.ev,.q,.terms,.flags,figure,.diff ins,.diff del,.matrix li,.gd li,tr{break-inside:avoid}
    .lines li,.tactic{break-inside:avoid}
    .list{overflow:visible;border-top:0}
    .al{content-visibility:visible;break-inside:auto}
    .row>summary{display:flex;gap:1rem;padding:.25rem .6rem}.row h3{flex:1}.row>summary::before{display:none}
    .row h3{flex-direction:row;gap:.6rem;text-wrap:wrap}.wh{flex:1 1 auto}.me{display:block;padding:0;text-align:right;flex:none}.me>*{display:block}
    .me bdi{min-width:0}.rn{display:inline}.rn::before{content:" · "}
    .sv{font-size:.8em;padding:.15rem .4rem;min-width:0}.rule h3,.row h3{font-size:1.2em}
    .bd{display:block;padding:.2rem .6rem .3rem}.bd>*{margin:0 0 .3rem}.bd h4{margin:0 0 .15rem;font-size:1em}.bd p{margin:.1rem 0}
    .ev>h4,.ctx>h4{float:left;margin-right:.6em}.ev>p{margin:0}
    .facts{display:grid;grid-template-columns:max-content minmax(0,1fr) max-content minmax(0,1fr);gap:.05rem .6rem;break-before:avoid;font-size:.95em}
    .facts dd{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:4;overflow:hidden;margin:0}
    .terms{margin:.2rem 0}.terms li{gap:0 .6rem}
    .ev .q,.al .guide,.ctx,.acts,.note-in,.q button,figure>button{display:none}
    .note-out:not(:empty){display:block;border-left:3px solid var(--edge);padding-left:.6rem}
    .raw,.doc{display:none}.raw[open],.doc[open]{display:block}
    .doc{margin:.1rem 0 0}.doc pre{columns:3;font-size:.88em;line-height:1.12;padding:.2rem .5rem;margin:0}.doc summary{list-style:none}
    .flags,.diff{margin:.2rem 0}.flags li{padding:.1rem .5rem}.diff ins,.diff del{padding:.05rem .5rem}.q{margin:.2rem 0 0}.q pre{padding:.15rem .5rem}
    .row::details-content,.fo::details-content,.rule .guide::details-content{content-visibility:visible;display:block;height:auto}
    .pair{display:block}.pair>section:not(.who){display:none}.who{max-width:75%}
    th,td{padding:.08rem .5rem .08rem 0}
    figure{padding:.2rem .4rem;max-width:60%}
    .matrix{display:block;columns:4;column-gap:1rem}.matrix h3{font-size:1em;border:0;padding:0;margin:0}.matrix h3 .id,.matrix li .id{display:inline;margin-right:.4em}
    .matrix ul{gap:0;margin:0 0 .3rem}.matrix li{padding:0 0 0 .5rem;border:0;border-radius:0;background:none;box-shadow:inset 3px 0 0 var(--c)}
    .matrix li.part{margin-left:.6rem}.matrix b{display:inline}.matrix b,.id{font-size:1em}.matrix small{display:none}
    .rule{margin-top:.5rem}.rule>header{margin:0}.rule>header>p{margin:.2rem 0;max-width:none}
    .rule .gd{columns:3;column-gap:1.2rem;font-size:.9em;line-height:1.22;max-width:none;padding:.1rem 0 0}.gd li,.gd p{margin:.06rem 0}
    .gd h5{margin:.25rem 0 .1rem;font-size:1em!important}.gd h5:first-child{margin-top:0}
    .gd>h5:first-child:has(+h5){display:none}
    .gd label{gap:.4rem}.gd label input{width:.8em;height:.8em;transform:none}.gd label+ul,.gd label+ol{padding-left:2rem}
    .rule .guide>summary{display:none}.fo>summary::-webkit-details-marker{display:none}
    .fo>summary{list-style:none;padding:.35rem .6rem}
    footer{padding:.5rem 0 0;break-before:avoid}
    a{text-decoration:none}}
    """#
}
