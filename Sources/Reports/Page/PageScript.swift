/// What the report can do beyond being read: filter, group, copy, keep notes. Without it the page has the same content.
enum PageScript {
  /// The bar above the alerts; the script shows it.
  static let toolbar: StaticString = #"""
    <form class="bar" id="bar" role="search" hidden><label class="vh" for="q">Filter alerts</label>
    <input type="search" id="q" placeholder="Filter: words, -word, &quot;phrase&quot;, severity:high, T1098, user.name: dana" autocomplete="off" spellcheck="false">
    <fieldset id="sev"><legend class="vh">Severities to show</legend></fieldset>
    <label for="from">From <input id="from" size="16" placeholder="2026-01-31 12:00" autocomplete="off" spellcheck="false"></label>
    <label for="to">to <input id="to" size="16" placeholder="UTC" autocomplete="off" spellcheck="false"></label>
    <label for="by">By <select id="by"><option value="time">time</option><option value="rule">rule</option>
    <option value="p">principal</option><option value="day">day</option></select></label>
    <button type="button" id="open">Open all</button><button type="button" id="shut">Close all</button>
    <button type="button" id="clear">Clear filter</button><button type="button" id="save">Export notes</button>
    <output id="n" aria-live="polite"></output><output id="said" aria-live="polite"></output></form>
    """#

  static let code: StaticString = #"""
    (function(){'use strict';
    var $=function(s,r){return (r||document).querySelector(s)},$$=function(s,r){return Array.from((r||document).querySelectorAll(s))};
    var all=$$('article.al'),bar=$('#bar'),q=$('#q'),by=$('#by'),out=$('#n'),said=$('#said'),host=$('#alerts'),list=$('#rows');
    if(!all.length)return;
    var from=$('#from'),to=$('#to'),folds=$$('.fold',list),home=all.map(function(a){return a.parentNode}),
      foldOf=all.map(function(a){return a.closest('details.fo')||a.parentNode}),groups=[],shown=all.length,unread=0,bad='';
    var fits=all.map(function(){return true}),late=[],moves=[],waits=false,dest=foldOf;
    var sev=all.map(function(a){return /s-(\w+)/.exec(a.className)[1]}),on={},texts=[],maps=[];
    bar.hidden=false;
    // What a closed alert holds is kept out of a long page: a document of half a million elements is slow in all it does.
    var many=all.length>200,parked=new Map();
    function body(a){return parked.get(a)||$('.bd',a)}
    function park(a){var b=$('.bd',a);if(many&&b&&!a.firstElementChild.open){parked.set(a,b);b.remove()}}
    function wake(a){var b=parked.get(a);if(b){a.firstElementChild.append(b);parked.delete(a)}dress(a)}
    all.forEach(park);
    ['critical','high','medium','low'].forEach(function(s){if(sev.indexOf(s)<0)return;
      var l=document.createElement('label'),c=document.createElement('input');c.type='checkbox';c.checked=true;on[s]=c;
      c.addEventListener('change',filter);l.append(c,s);$('#sev').append(l)});
    function num(n){return String(n).replace(/\B(?=(\d{3})+$)/g,',')}
    var names=Object.create(null),rules=all.map(function(a){return a.dataset.r}),sequence=all.map(function(a,i){return i});
    function nameOf(r){if(!(r in names)){var e=document.getElementById(r+'-h');e=e&&$('bdi',e);names[r]=e?e.textContent:''}return names[r]}
    function ruleName(a){return nameOf(a.dataset.r)}
    function text(i){if(texts[i]===undefined)texts[i]=($$('h3,.me',all[i]).concat($$('.facts dd,.terms,.pol,.raw pre',body(all[i])))
      .map(function(e){return e.textContent}).join(' ')+' '+ruleName(all[i])).toLowerCase();return texts[i]}
    // Events are read when they are asked for, and those alone that may hold what is looked for: a key and a value stand in
    // their text as they are, where that is plain.
    var raws=[],plains=[],columns=Object.create(null);
    function raw(i){
      if(raws[i]===undefined){raws[i]=$('.raw pre',body(all[i])).textContent.replace(/,?\n *… \d+ more (elements|members)(?=\n)/g,'');
        plains[i]=!/[^\x00-\x7f]|\\/.test(raws[i])}
      return raws[i]}
    function event(i){try{return JSON.parse(raw(i))}catch(_){return null}}
    function map(i){
      if(maps[i]!==undefined)return maps[i];
      var t=event(i),m=Object.create(null);
      if(t===null)return maps[i]=null;
      (function walk(v,k){
        if(v===null)return;
        if(Array.isArray(v))v.forEach(function(e){walk(e,k)});
        else if(typeof v==='object')Object.keys(v).forEach(function(n){walk(v[n],(k?k+'.'+n:n).toLowerCase())});
        else (m[k]=m[k]||[]).push(String(v).toLowerCase())})(t,'');
      return maps[i]=m}
    function read(v,f,r){
      if(v===null)return;
      if(Array.isArray(v))v.forEach(function(e){read(e,f,r)});
      else if(typeof v!=='object'){if(!f)r.push(String(v).toLowerCase())}
      else if(f)Object.keys(v).forEach(function(n){var l=n.toLowerCase();
        if(l===f)read(v[n],'',r);else if(f[l.length]==='.'&&f.lastIndexOf(l,0)===0)read(v[n],f.slice(l.length+1),r)})}
    function escaped(s){return s.replace(/[.*+?^${}()|[\]\\]/g,'\\$&')}
    // Whether an event may have one of some values in a field; it has not been read for that field yet.
    function hint(f,vs){
      if(f.indexOf('*')>=0)return function(){return true};
      var key=new RegExp('[".]'+escaped(f.slice(f.lastIndexOf('.')+1))+'"','i'),any=null;
      var bits=vs.map(function(v){return /^[-+]?[\d*]*\.?[\d*]*(e[-+]?[\d*]*)?$/i.test(v)||/[^ -~]|["\\]/.test(v)?'':
        v.split('*').sort(function(x,y){return y.length-x.length})[0]});
      if(bits.every(Boolean))any=new RegExp(bits.map(escaped).join('|'),'i');
      var known=columns[f]||(columns[f]=[]);
      return function(i){if(known[i]!==undefined)return true;var t=raw(i);return !plains[i]||key.test(t)&&(!any||any.test(t))}}
    var own={severity:1,'kibana.alert.severity':1,rule:1,'kibana.alert.rule.name':1,id:1,'kibana.alert.uuid':1,
      message:1,tags:1,'@timestamp':1,technique:1,tactic:1};
    function values(i,f){var a=all[i];
      if(f==='severity'||f==='kibana.alert.severity')return [sev[i]];
      if(f==='rule'||f==='kibana.alert.rule.name')return [ruleName(a).toLowerCase()];
      if(f==='id'||f==='kibana.alert.uuid')return [a.dataset.i.toLowerCase()];
      if(f==='technique'||f==='tactic')return a.dataset.k.toLowerCase().split(' ');
      var r=[];
      if(f.indexOf('*')<0){
        var c=columns[f]||(columns[f]=[]);
        if(c[i]===undefined){var e=event(i);if(e)read(e,f,r);c[i]=e?r:null}
        if(!c[i])unread++;return c[i]||[]}
      var m=map(i);if(!m){unread++;return []}
      var p=wild(f);Object.keys(m).forEach(function(k){if(p.test(k))r=r.concat(m[k])});return r}
    function wild(v){return new RegExp('^'+v.split('*').map(function(s){return s.replace(/[.+?^${}()|[\]\\]/g,'\\$&')}).join('[^]*')+'$')}
    function same(v){v=v.toLowerCase();if(v.indexOf('*')<0)return function(x){return x===v};var p=wild(v);return function(x){return p.test(x)}}
    function plain(s){return s.replace(/\\(.)/g,'$1')}
    function parse(s){
      var re=/\s*(-|not\s+)?(?:([\w@.*-]+)\s*:\s*)?("(?:[^"\\]|\\.)*"|\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)|[^\s]+)/gi,ors=[[]],m;bad='';
      while(re.lastIndex<s.length&&(m=re.exec(s))){
        var neg=!!m[1],f=m[2],v=m[3],quoted=v[0]==='"';
        if(!f&&!neg&&/^or$/i.test(v)){ors.push([]);continue}
        if(!f&&!neg&&/^and$/i.test(v))continue;
        if(f&&f.indexOf('.')<0&&!own[f.toLowerCase()]){v=m[0].trim();if(neg)v=v.slice(m[1].length);f=null;quoted=false}
        var test;
        if(f){f=f.toLowerCase();test=field(f,v)}
        else if(!quoted&&/^TA?\d{4}(\.\d{3})?$/i.test(v))test=technique(v.toUpperCase());
        else{if(v.length<2&&/[()"<>]/.test(v))bad=v;test=word(quoted?plain(v.slice(1,-1)):v)}
        ors[ors.length-1].push(neg?not(test):test)}
      ors=ors.filter(function(o){return o.length});
      return ors.length?function(i){return ors.some(function(o){return o.every(function(t){return t(i)})})}:null}
    function not(t){return function(i){return !t(i)}}
    function word(w){w=w.toLowerCase();return function(i){return text(i).indexOf(w)>=0}}
    function technique(t){return function(i){return (' '+all[i].dataset.k+' ').split(' ').some(function(k){return k===t||k.indexOf(t+'.')===0})}}
    function field(f,v){
      var vs=[v];
      if(v[0]==='(')vs=(v.slice(1,-1).match(/"(?:[^"\\]|\\.)*"|[^\s]+/g)||[]).filter(function(x){return !/^(or|and)$/i.test(x)});
      if(v==='*'){var has=own[f]?null:hint(f,[]);return function(i){return (!has||has(i))&&values(i,f).length>0}}
      var tests=vs.map(function(x){if(x[0]!=='"')return same(plain(x));x=plain(x.slice(1,-1)).toLowerCase();return function(y){return x===y}});
      if(/^(technique|tactic)$/.test(f))return function(i){return vs.some(function(x){return technique(x.replace(/"/g,'').toUpperCase())(i)})};
      var may=own[f]?null:hint(f,vs.map(function(x){return plain(x[0]==='"'?x.slice(1,-1):x)}));
      return function(i){if(may&&!may(i))return false;var got=values(i,f);return tests.some(function(t){return got.some(t)})}}
    function moment(s,late){s=s.trim();if(!s)return NaN;
      var m=/^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?)?Z?$/.exec(s);if(!m)return null;
      var t=Date.UTC(+m[1],m[2]?m[2]-1:late?12:0,m[3]?+m[3]+(late&&!m[4]?1:0):m[2]&&late?32:1,+m[4]||0,+m[5]||0,+m[6]||0);
      if(late&&!m[3]){t=m[2]?Date.UTC(+m[1],+m[2],1):Date.UTC(+m[1]+1,0,1)}
      if(late&&m[4])t+=m[6]?1000:60000;return t}
    function stamp(t){return new Date(t).toISOString().replace('T',' ').slice(0,19)}
    function filter(){
      var test=parse(q.value),a=moment(from.value,false),b=moment(to.value,true);unread=0;shown=0;
      from.setAttribute('aria-invalid',a===null);to.setAttribute('aria-invalid',b===null);
      all.forEach(function(e,i){
        var t=e.dataset.t===''||e.dataset.t===undefined?NaN:+e.dataset.t;
        fits[i]=on[sev[i]].checked&&(a===null||isNaN(a)||t>=a)&&(b===null||isNaN(b)||t<b)&&(!test||test(i));
        if(fits[i])shown++});
      show();tidy();keepHash();marks()}
    // What comes back is drawn at once as far as a screen holds, the rest in the frames after.
    function show(){
      var now=0;late=[];
      sequence.forEach(function(i){var e=all[i];
        if(!fits[i]){if(!e.hidden)e.hidden=true}
        else if(e.hidden){if(many&&++now>200)late.push(e);else e.hidden=false}});
      soonMore()}
    function soonMore(){if((late.length||moves.length)&&!waits){waits=true;requestAnimationFrame(more)}}
    function move(i){dest[i].append(all[i])}
    function more(){
      if(moves.length)moves.splice(0,400).forEach(move);else late.splice(0,400).forEach(function(e){e.hidden=false});
      waits=false;soonMore()}
    function flush(){moves.forEach(move);moves=[];late.forEach(function(e){e.hidden=false});late=[]}
    function tidy(){
      var has=new Set();fits.forEach(function(f,i){if(f)has.add(dest[i])});
      folds.forEach(function(r){var h=!has.has(r.firstElementChild);if(r.hidden!==h)r.hidden=h});
      groups.forEach(function(g){g.hidden=!has.has(g)});
      $('#nothing').hidden=shown>0;
      out.textContent=(shown===all.length?num(all.length)+(shown===1?' alert':' alerts'):num(shown)+' of '+num(all.length)+' alerts')
        +(unread?'; '+num(unread)+' events are too long to be looked at by field':'')+(bad?'; “'+bad+'” is looked for as a word':'')}
    var quiet=true;
    function keepHash(){
      if(quiet)return;
      var p=[],off=Object.keys(on).filter(function(s){return !on[s].checked});
      if(q.value.trim())p.push('q='+encodeURIComponent(q.value.trim()));
      if(off.length)p.push('without='+off.join(','));
      if(from.value.trim())p.push('from='+encodeURIComponent(from.value.trim()));
      if(to.value.trim())p.push('to='+encodeURIComponent(to.value.trim()));
      if(by.value!=='time')p.push('by='+by.value);
      try{history.replaceState(null,'',p.length?'#'+p.join('&'):location.pathname+location.search)}catch(_){}}
    function readHash(){
      var p={};location.hash.slice(1).split('&').forEach(function(s){var at=s.indexOf('=');if(at>0)try{
        p[s.slice(0,at)]=decodeURIComponent(s.slice(at+1))}catch(_){}});
      q.value=p.q||'';from.value=p.from||'';to.value=p.to||'';
      var off=(p.without||'').split(',');Object.keys(on).forEach(function(s){on[s].checked=off.indexOf(s)<0});
      var k=/^(time|rule|p|day)$/.test(p.by)?p.by:'time';if(k!==by.value){by.value=k;group()}
      filter()}
    // As many alerts as a screen holds come to their places at once, the rest in the frames after.
    function group(){
      var key=by.value,place=Object.create(null),found=[];
      groups.forEach(function(g){g.remove()});
      list.hidden=key!=='time';document.body.classList.toggle('by',key!=='time');
      if(key!=='time')all.forEach(function(a,i){
        var k=key==='p'?a.dataset.p:key==='rule'?nameOf(rules[i]):a.dataset.t?new Date(+a.dataset.t).toISOString().slice(0,10):'no time';
        if(!(k in place)){
          var s=document.createElement('section'),h=document.createElement('h3'),b=document.createElement('bdi'),m=document.createElement('small');
          s.className='group list';b.textContent=k;h.append(b,m);s.append(h);found.push(place[k]={s:s,m:m,is:[]})}
        place[k].is.push(i)});
      if(key!=='day')found.sort(function(x,y){return y.is.length-x.is.length});
      dest=foldOf.slice();
      found.forEach(function(g){
        g.m.textContent=num(g.is.length)+(g.is.length===1?' alert':' alerts');g.is.forEach(function(i){dest[i]=g.s})});
      groups=found.map(function(g){return g.s});
      sequence=[];found.forEach(function(g){g.is.forEach(function(i){sequence.push(i)})});
      if(key==='time')sequence=all.map(function(a,i){return i});
      var n=0,drawn=0;
      while(n<sequence.length&&n<1000&&drawn<200){if(fits[sequence[n]])drawn++;move(sequence[n++])}
      moves=sequence.slice(n);
      var f=document.createDocumentFragment();groups.forEach(function(g){f.append(g)});host.insertBefore(f,$('#nothing'));
      soonMore();tidy();keepHash()}
    var wait;
    function soon(){clearTimeout(wait);wait=setTimeout(filter,120)}
    [q,from,to].forEach(function(e){e.addEventListener('input',soon)});
    bar.addEventListener('submit',function(e){e.preventDefault();clearTimeout(wait);filter()});
    by.addEventListener('change',group);
    $('#open').addEventListener('click',function(){flush();all.forEach(function(a){if(!a.hidden){a.firstElementChild.open=true;var f=a.closest('details.fo');if(f)f.open=true}})});
    $('#shut').addEventListener('click',function(){$$('details.row,details.fo',host).forEach(function(d){d.open=false})});
    function clear(){q.value=from.value=to.value='';Object.keys(on).forEach(function(s){on[s].checked=true});filter()}
    $('#clear').addEventListener('click',clear);
    function ask(s){q.value=s;filter();host.scrollIntoView()}
    function button(t,title,act){var b=document.createElement('button');b.type='button';b.textContent=t;if(title)b.title=title;b.addEventListener('click',act);return b}
    function say(s){said.textContent=s;clearTimeout(say.t);say.t=setTimeout(function(){said.textContent=''},4000)}
    function copy(s,what){
      function old(){var t=document.createElement('textarea');t.value=s;t.className='vh';document.body.append(t);t.select();
        var ok=false;try{ok=document.execCommand('copy')}catch(_){}t.remove();say(ok?what+' copied':what+' could not be copied')}
      if(navigator.clipboard&&navigator.clipboard.writeText)navigator.clipboard.writeText(s).then(function(){say(what+' copied')},old);else old()}
    var store=null;try{store=localStorage;store.getItem('martlet')}catch(_){store=null}
    function recall(id){try{return JSON.parse(store.getItem('martlet:'+id))||{}}catch(_){return {}}}
    function keep(id,v){var empty=!v.note&&!(v.steps&&v.steps.length);
      try{if(empty)store.removeItem('martlet:'+id);else store.setItem('martlet:'+id,JSON.stringify(v))}
      catch(_){say('This browser keeps no notes: export them before you leave.')}memory[id]=v}
    var memory=Object.create(null);
    function state(id){return memory[id]||(memory[id]=recall(id))}
    function boxes(r){return $$('.gd input[type=checkbox]',r)}
    function words(b){return b.parentNode.textContent.trim()}
    function restore(r,id){var done=state(id).steps||[];boxes(r).forEach(function(b){b.checked=done.indexOf(words(b))>=0})}
    function owner(e){var a=e.closest('article.al,section.rule');return a&&a.dataset.i}
    function dress(a){
      var bd=$('.bd',a);if(!bd||bd.dataset.d)return;bd.dataset.d='1';
      var c=document.createElement('div'),id=a.dataset.i;c.className='acts';
      c.append(button('Copy id','',function(){copy(id,'Id')}));
      if(a.dataset.a)c.append(button('Copy ARN','',function(){copy(a.dataset.a,'ARN')}));
      c.append(button('Copy event JSON','',function(){copy($('.raw pre',a).textContent,'JSON')}));
      bd.prepend(c);
      $$('.q',bd).forEach(function(x){x.append(button('Copy','Copy: '+x.firstElementChild.textContent,function(){copy($('pre',x).textContent,'Text')}))});
      var l=document.createElement('label'),t=document.createElement('textarea'),p=document.createElement('div');
      l.className='note-in';p.className='note-out';l.append('Notes',t);t.rows=2;t.value=p.textContent=state(id).note||'';
      t.addEventListener('input',function(){var s=state(id);s.note=t.value;p.textContent=t.value;keep(id,s)});
      bd.append(l,p);restore(a,id)}
    document.addEventListener('change',function(e){
      if(e.target.type!=='checkbox'||!e.target.closest('.gd'))return;
      var r=e.target.closest('article.al,section.rule');if(!r)return;var s=state(owner(r));
      s.steps=boxes(r).filter(function(b){return b.checked}).map(words);keep(owner(r),s)});
    function notes(){
      return all.map(function(a){var s=state(a.dataset.i);
        return {alert:a.dataset.i,time:a.dataset.t?new Date(+a.dataset.t).toISOString():null,rule:ruleName(a),what:$('.wh',a).firstElementChild?
          $$('.wh>*:not(.rn)',a).map(function(e){return e.textContent}).join(' '):'',note:s.note||'',steps:s.steps||[]}})
        .concat($$('section.rule').map(function(r){var s=state(r.dataset.i);return {rule_id:r.dataset.i,rule:$('h3 bdi',r).textContent,note:'',steps:s.steps||[]}}))
        .filter(function(n){return n.note||n.steps.length})}
    $('#save').addEventListener('click',function(){
      var n=notes();if(!n.length)return say('There are no notes and no checked steps.');
      var a=document.createElement('a');a.href=URL.createObjectURL(new Blob([JSON.stringify({notes:n},null,2)],{type:'application/json'}));
      a.download='martlet-notes.json';document.body.append(a);a.click();a.remove();
      setTimeout(function(){URL.revokeObjectURL(a.href)},10000);say(num(n.length)+(n.length===1?' entry':' entries')+' exported')});
    function fill(d){
      var f=document.getElementById(d.dataset.g),mine=$('.gd',d);if(!f)return;
      var c=$('.gd',f).cloneNode(true);d.removeAttribute('data-g');
      $$('input',c).forEach(function(i){i.checked=false});
      $$('[data-u]',mine).forEach(function(e){var p=$('[data-u="'+e.dataset.u+'"]',c);if(p)p.replaceWith(e)});
      mine.replaceWith(c);var a=d.closest('article.al');if(a)restore(a,a.dataset.i)}
    document.addEventListener('toggle',function(e){
      var d=e.target;
      if(d.matches('details.row')){if(d.open)wake(d.parentNode);else park(d.parentNode)}
      if(!d.open)return;
      if(e.target.dataset&&e.target.dataset.g)fill(e.target)},true);
    all.forEach(function(a){if(a.firstElementChild.open)dress(a)});
    $$('section.rule').forEach(function(r){restore(r,r.dataset.i)});
    function arrive(){
      var h=location.hash.slice(1),e=null;
      if(!h||h.indexOf('=')>0)return readHash();
      try{e=document.getElementById(decodeURIComponent(h))}catch(_){}
      if(!e)return;
      if(e.matches('article.al')){if(e.hidden)clear();flush();e.firstElementChild.open=true;wake(e);
        var f=e.closest('details.fo');if(f)f.open=true}
      if(e.tagName==='DETAILS')e.open=true;
      e.scrollIntoView()}
    addEventListener('hashchange',arrive);
    $$('.p').forEach(function(p){var t=p.textContent;p.replaceChildren(button(t,'Show only alerts with this name',function(){ask('"'+t.replace(/["\\]/g,'\\$&')+'"')}))});
    $$('.tq').forEach(function(p){var t=p.textContent;p.replaceChildren(button(t,'Show only alerts of '+t,function(){ask(t)}))});
    $$('.sevs li').forEach(function(l){var s=/s-(\w+)/.exec(l.className)[1];if(!on[s])return;var b=button('','Show only '+s+' alerts',function(){
      Object.keys(on).forEach(function(k){on[k].checked=k===s});filter();host.scrollIntoView()});b.append.apply(b,Array.from(l.childNodes));l.append(b)});
    var fig=$('#time'),edges=fig?fig.dataset.e.split(' ').map(Number):[],cnt=Math.max(1,edges.length-1),pics=fig?$$('svg',fig):[];
    var shades=pics.map(function(v){
      var r=document.createElementNS('http://www.w3.org/2000/svg','rect'),w=+v.getAttribute('viewBox').split(' ')[2],h=+v.getAttribute('viewBox').split(' ')[3],down=null;
      r.setAttribute('class','range');r.setAttribute('y','10');r.setAttribute('height',h-36);r.setAttribute('width','0');v.append(r);
      function slot(e){var b=v.getBoundingClientRect(),x=(e.clientX-b.left)*w/b.width;return Math.max(0,Math.min(cnt-1,Math.floor((x-40)*cnt/(w-48))))}
      v.addEventListener('pointerdown',function(e){if(e.button)return;down=slot(e);v.setPointerCapture(e.pointerId);e.preventDefault()});
      v.addEventListener('pointermove',function(e){if(down===null)return;var x=slot(e);draw(r,w,Math.min(x,down),Math.max(x,down)+1)});
      v.addEventListener('pointerup',function(e){if(down===null)return;var x=slot(e);choose(Math.min(x,down),Math.max(x,down)+1);down=null});
      v.addEventListener('pointercancel',function(){down=null;marks()});
      return {r:r,w:w}});
    function draw(r,w,a,b){r.setAttribute('x',40+a*(w-48)/cnt);r.setAttribute('width',Math.max(0,(b-a)*(w-48)/cnt))}
    function choose(a,b){from.value=stamp(edges[a]);to.value=stamp(edges[b]-1000);filter()}
    function marks(){var a=moment(from.value,false),b=moment(to.value,true),any=a||b;
      shades.forEach(function(s){if(!any)return s.r.setAttribute('width','0');
        draw(s.r,s.w,a?bin(a):0,b?bin(b):cnt)})}
    function bin(t){
      if(t<=edges[0])return 0;if(t>=edges[cnt])return cnt;
      var i=edges.findIndex(function(e){return e>t})-1;return i+(t-edges[i])/(edges[i+1]-edges[i])}
    if(fig)fig.append(button('Whole time','',function(){from.value=to.value='';filter()}));
    addEventListener('keydown',function(e){
      if(e.ctrlKey||e.metaKey||e.altKey||/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)){
        if(e.key==='Escape'&&e.target===q&&q.value){q.value='';filter()}return}
      if(e.key==='/'){e.preventDefault();q.focus();return}
      if(e.key!=='j'&&e.key!=='k')return;
      var vis=$$('details.fo:not([open])>summary,details.row>summary',host).filter(function(s){return s.offsetParent!==null&&!s.closest('[hidden]')}),
        at=vis.indexOf(document.activeElement),next=vis[e.key==='j'?at+1:Math.max(0,at-1)];
      if(next){next.focus();next.scrollIntoView({block:'nearest'})}});
    var printed=[];
    addEventListener('beforeprint',function(){
      flush();
      $$('article.al:not([hidden]) .row:not([open]),details.fo:not([open]),section.rule .guide:not([open])')
      .forEach(function(d){d.open=true;printed.push(d);if(d.matches('.row'))wake(d.parentNode)})});
    addEventListener('afterprint',function(){printed.forEach(function(d){d.open=false});printed=[]});
    arrive();if(!location.hash||location.hash.indexOf('=')<0)filter();quiet=false;
    // What the filter looks at is read ahead, while nobody asks for anything.
    var next=0;
    function ahead(left){var end=left?performance.now()+Math.min(20,left.timeRemaining()):0;
      while(next<all.length&&performance.now()<end){text(next);raw(next);next++}
      if(next<all.length)requestIdleCallback(ahead)}
    if(many&&window.requestIdleCallback)requestIdleCallback(ahead)})();
    """#
}
