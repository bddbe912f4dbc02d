/// What the report can do beyond being read: filter, group, fill in guides when they are opened. Without it the page has the
/// same content.
enum PageScript {
  /// The bar above the alerts; the script shows it.
  static let toolbar: StaticString = #"""
    <form class="bar" id="bar" role="search" hidden><label class="vh" for="q">Filter alerts</label>
    <input type="search" id="q" placeholder="Filter: name, address, action, key…" autocomplete="off" spellcheck="false">
    <fieldset id="sev"><legend class="vh">Severities to show</legend></fieldset>
    <label for="by">Group by <select id="by"><option value="rule">rule</option><option value="p">principal</option>
    <option value="day">day</option></select></label>
    <button type="button" id="open">Open all</button><button type="button" id="shut">Close all</button>
    <output id="n" aria-live="polite"></output></form>
    """#

  static let code: StaticString = #"""
    (function(){'use strict';
    var $=function(s,r){return (r||document).querySelector(s)},$$=function(s,r){return Array.from((r||document).querySelectorAll(s))};
    var all=$$('article.al'),bar=$('#bar'),q=$('#q'),by=$('#by'),out=$('#n'),host=$('#alerts'),rules=$$('.rule',host);
    if(!all.length)return;
    var home=all.map(function(a){return a.parentNode}),text=null,groups=[],shown=all.length;
    var sev=all.map(function(a){return /s-(\w+)/.exec(a.className)[1]}),on={};
    bar.hidden=false;
    ['critical','high','medium','low'].forEach(function(s){if(sev.indexOf(s)<0)return;
      var l=document.createElement('label'),c=document.createElement('input');c.type='checkbox';c.checked=true;on[s]=true;
      c.addEventListener('change',function(){on[s]=c.checked;filter()});l.append(c,s);$('#sev').append(l)});
    function num(n){return String(n).replace(/\B(?=(\d{3})+$)/g,',')}
    function texts(){if(!text)text=all.map(function(a){
      return $$('h4,.me,.facts dd,.terms,.pol,.raw pre',a).map(function(e){return e.textContent}).join(' ').toLowerCase()});return text}
    function filter(){
      var words=q.value.toLowerCase().split(/\s+/).filter(Boolean),t=words.length?texts():null;shown=0;
      all.forEach(function(a,i){
        var fits=on[sev[i]]&&words.every(function(w){return t[i].indexOf(w)>=0});
        if(fits)shown++;if(a.hidden===fits)a.hidden=!fits});
      tidy()}
    function tidy(){
      (groups.length?groups:rules).forEach(function(g){
        g.hidden=!$('article:not([hidden])',g)});
      $('#nothing').hidden=shown>0;
      out.textContent=shown===all.length?num(all.length)+(shown===1?' alert':' alerts'):num(shown)+' of '+num(all.length)+' alerts'}
    function group(){
      var key=by.value,place=Object.create(null);
      groups.forEach(function(g){g.remove()});groups=[];
      if(key==='rule'){rules.forEach(function(r){r.hidden=false});
        all.forEach(function(a,i){home[i].append(a)});document.body.classList.remove('by');return tidy()}
      var order=all.map(function(a,i){return i}).sort(function(x,y){return all[x].dataset.t-all[y].dataset.t});
      order.forEach(function(i){
        var a=all[i],k=key==='p'?a.dataset.p:a.dataset.t?new Date(+a.dataset.t).toISOString().slice(0,10):'no time';
        if(!(k in place)){
          var s=document.createElement('section'),h=document.createElement('header'),t=document.createElement('h3'),
            b=document.createElement('bdi'),l=document.createElement('div'),m=document.createElement('small');
          s.className='rule';l.className='list';b.textContent=k;t.append(b,m);h.append(t);s.append(h,l);
          place[k]={s:s,l:l,m:m,n:0};groups.push(s)}
        place[k].n++;place[k].l.append(a)});
      Object.keys(place).forEach(function(k){place[k].m.textContent=num(place[k].n)+(place[k].n===1?' alert':' alerts')});
      if(key==='p')groups.sort(function(x,y){return y.lastChild.childElementCount-x.lastChild.childElementCount});
      rules.forEach(function(r){r.hidden=true});
      var f=document.createDocumentFragment();groups.forEach(function(g){f.append(g)});
      host.insertBefore(f,$('#nothing'));document.body.classList.add('by');tidy()}
    var wait;
    q.addEventListener('input',function(){clearTimeout(wait);wait=setTimeout(filter,120)});
    bar.addEventListener('submit',function(e){e.preventDefault();clearTimeout(wait);filter()});
    by.addEventListener('change',group);
    function rows(open){all.forEach(function(a){if(!a.hidden)a.firstElementChild.open=open})}
    $('#open').addEventListener('click',function(){rows(true)});
    $('#shut').addEventListener('click',function(){rows(false)});
    function fill(d){
      var from=document.getElementById(d.dataset.g),own=$('.gd',d);if(!from)return;
      var copy=$('.gd',from).cloneNode(true);d.removeAttribute('data-g');
      $$('input',copy).forEach(function(i){i.checked=false});
      $$('[data-u]',own).forEach(function(e){var p=$('[data-u="'+e.dataset.u+'"]',copy);if(p)p.replaceWith(e)});
      own.replaceWith(copy)}
    document.addEventListener('toggle',function(e){
      if(e.target.open&&e.target.dataset&&e.target.dataset.g)fill(e.target)},true);
    function reveal(){
      var e;try{e=location.hash.length>1&&document.getElementById(decodeURIComponent(location.hash.slice(1)))}catch(_){return}
      if(!e)return;
      if(e.matches('article.al')){if(e.hidden){q.value='';Object.keys(on).forEach(function(s){on[s]=true});
          $$('#sev input').forEach(function(c){c.checked=true});filter()}e.firstElementChild.open=true}
      if(e.tagName==='DETAILS')e.open=true;
      e.scrollIntoView()}
    addEventListener('hashchange',reveal);reveal();
    $$('.p').forEach(function(p){var b=document.createElement('button');b.type='button';b.textContent=p.textContent;
      b.title='Show only alerts with this name';
      b.addEventListener('click',function(){q.value=b.textContent;filter();host.scrollIntoView()});p.replaceChildren(b)});
    addEventListener('keydown',function(e){
      if(e.ctrlKey||e.metaKey||e.altKey||/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)){
        if(e.key==='Escape'&&e.target===q&&q.value){q.value='';filter()}return}
      if(e.key==='/'){e.preventDefault();q.focus();return}
      if(e.key!=='j'&&e.key!=='k')return;
      var vis=$$('article.al:not([hidden])',host).filter(function(a){return !a.closest('.rule[hidden]')}),
        at=vis.indexOf(document.activeElement.closest&&document.activeElement.closest('article.al'));
      var next=vis[e.key==='j'?at+1:Math.max(0,at-1)];if(next){var s=$('summary',next);s.focus();s.scrollIntoView({block:'nearest'})}});
    var printed=[];
    addEventListener('beforeprint',function(){
      $$('article.al:not([hidden]) .row:not([open])'+(document.body.classList.contains('few')?',article.al:not([hidden]) .guide:not([open])':''))
      .forEach(function(d){d.open=true;printed.push(d)})});
    addEventListener('afterprint',function(){printed.forEach(function(d){d.open=false});printed=[]});
    tidy()})();
    """#
}
