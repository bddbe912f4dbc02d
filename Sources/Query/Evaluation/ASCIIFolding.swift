/// Letters, digits and signs as those of ASCII that stand for them, as the token filter `asciifolding` has it: `café` is `cafe`, `ß` is
/// `ss`. What has no such counterpart stays, letters of other scripts and accents that stand by themselves among it.
///
/// Source: the characters that Lucene's `ASCIIFoldingFilter` knows.
enum ASCIIFolding {
  static func folded(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let folded = counterparts[scalar] { output += folded } else { output.append(scalar) }
    }
    return String(output)
  }

  private static let counterparts: [Unicode.Scalar: String.UnicodeScalarView] = {
    var known: [Unicode.Scalar: String.UnicodeScalarView] = [:]
    for line in table.split(separator: "\n") {
      let scalars = line.unicodeScalars
      guard let blank = scalars.firstIndex(of: " ") else { continue }
      let folded = String.UnicodeScalarView(scalars[..<blank])
      for scalar in scalars[scalars.index(after: blank)...] { known[scalar] = folded }
    }
    return known
  }()

  /// How many characters are folded.
  static var count: Int { counterparts.count }

  /// A line for each counterpart, behind which all stand that it has.
  private static let table = #"""
    A ÀÁÂÃÄÅĀĂĄƏǍǞǠǺȀȂȦȺᴀḀẠẢẤẦẨẪẬẮẰẲẴẶⒶＡ
    AA Ꜳ
    AE ÆǢǼᴁ
    AO Ꜵ
    AU Ꜷ
    AV ꜸꜺ
    AY Ꜽ
    B ƁƂɃʙᴃḂḄḆⒷＢ
    C ÇĆĈĊČƇȻʗᴄḈⒸＣ
    D ÐĎĐƉƊƋᴅᴆḊḌḎḐḒⒹꝹＤ
    DZ ǄǱ
    Dz ǅǲ
    E ÈÉÊËĒĔĖĘĚƎƐȄȆȨɆᴇḔḖḘḚḜẸẺẼẾỀỂỄỆⒺⱻＥ
    F ƑḞⒻꜰꝻꟻＦ
    G ĜĞĠĢƓǤǥǦǧǴɢʛḠⒼꝽꝾＧ
    H ĤĦȞʜḢḤḦḨḪⒽⱧⱵＨ
    HV Ƕ
    I ÌÍÎÏĨĪĬĮİƖƗǏȈȊɪᵻḬḮỈỊⒾꟾＩ
    IJ Ĳ
    J ĴɈᴊⒿＪ
    K ĶƘǨᴋḰḲḴⓀⱩꝀꝂꝄＫ
    L ĹĻĽĿŁȽʟᴌḶḸḺḼⓁⱠⱢꝆꝈꞀＬ
    LJ Ǉ
    LL Ỻ
    Lj ǈ
    M ƜᴍḾṀṂⓂⱮꟽꟿＭ
    N ÑŃŅŇŊƝǸȠɴᴎṄṆṈṊⓃＮ
    NJ Ǌ
    Nj ǋ
    O ÒÓÔÕÖØŌŎŐƆƟƠǑǪǬǾȌȎȪȬȮȰᴏᴐṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢⓄꝊꝌＯ
    OE Œɶ
    OO Ꝏ
    OU Ȣᴕ
    P ƤᴘṔṖⓅⱣꝐꝒꝔＰ
    Q ɊⓆꝖꝘＱ
    R ŔŖŘȐȒɌʀʁᴙᴚṘṚṜṞⓇⱤꝚꞂＲ
    S ŚŜŞŠȘṠṢṤṦṨⓈꜱꞅＳ
    SS ẞ
    T ŢŤŦƬƮȚȾᴛṪṬṮṰⓉꞆＴ
    TH ÞꝦ
    TZ Ꜩ
    U ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖɄᴜᵾṲṴṶṸṺỤỦỨỪỬỮỰⓊＵ
    V ƲɅᴠṼṾỼⓋꝞꝨＶ
    VY Ꝡ
    W ŴǷᴡẀẂẄẆẈⓌⱲＷ
    X ẊẌⓍＸ
    Y ÝŶŸƳȲɎʏẎỲỴỶỸỾⓎＹ
    Z ŹŻŽƵȜȤᴢẐẒẔⓏⱫꝢＺ
    a àáâãäåāăąǎǟǡǻȁȃȧɐəɚᶏᶕḁẚạảấầẩẫậắằẳẵặₐₔⓐⱥⱯａ
    aa ꜳ
    ae æǣǽᴂ
    ao ꜵ
    au ꜷ
    av ꜹꜻ
    ay ꜽ
    b ƀƃɓᵬᶀḃḅḇⓑｂ
    c çćĉċčƈȼɕḉↄⓒꜾꜿｃ
    d ðďđƌȡɖɗᵭᶁᶑḋḍḏḑḓⓓꝺｄ
    db ȸ
    dz ǆǳʣʥ
    e èéêëēĕėęěǝȅȇȩɇɘɛɜɝɞʚᴈᶒᶓᶔḕḗḙḛḝẹẻẽếềểễệₑⓔⱸｅ
    f ƒᵮᶂḟẛⓕꝼｆ
    ff ﬀ
    ffi ﬃ
    ffl ﬄ
    fi ﬁ
    fl ﬂ
    g ĝğġģǵɠɡᵷᵹᶃḡⓖꝿｇ
    h ĥħȟɥɦʮʯḣḥḧḩḫẖⓗⱨⱶｈ
    hv ƕ
    i ìíîïĩīĭįıǐȉȋɨᴉᵢᵼᶖḭḯỉịⁱⓘｉ
    ij ĳ
    j ĵǰȷɉɟʄʝⓙⱼｊ
    k ķƙǩʞᶄḱḳḵⓚⱪꝁꝃꝅｋ
    l ĺļľŀłƚȴɫɬɭᶅḷḹḻḽⓛⱡꝇꝉꞁｌ
    lj ǉ
    ll ỻ
    ls ʪ
    lz ʫ
    m ɯɰɱᵯᶆḿṁṃⓜｍ
    n ñńņňŉŋƞǹȵɲɳᵰᶇṅṇṉṋⁿⓝｎ
    nj ǌ
    o òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱɔɵᴖᴗᶗṍṏṑṓọỏốồổỗộớờởỡợₒⓞⱺꝋꝍｏ
    oe œᴔ
    oo ꝏ
    ou ȣ
    p ƥᵱᵽᶈṕṗⓟꝑꝓꝕꟼｐ
    q ĸɋʠⓠꝗꝙｑ
    qp ȹ
    r ŕŗřȑȓɍɼɽɾɿᵣᵲᵳᶉṙṛṝṟⓡꝛꞃｒ
    s śŝşšſșȿʂᵴᶊṡṣṥṧṩẜẝⓢꞄｓ
    ss ß
    st ﬆ
    t ţťŧƫƭțȶʇʈᵵṫṭṯṱẗⓣⱦｔ
    tc ʨ
    th þᵺꝧ
    ts ʦ
    tz ꜩ
    u ùúûüũūŭůűųưǔǖǘǚǜȕȗʉᵤᶙṳṵṷṹṻụủứừửữựⓤｕ
    ue ᵫ
    v ʋʌᵥᶌṽṿⓥⱱⱴꝟｖ
    vy ꝡ
    w ŵƿʍẁẃẅẇẉẘⓦⱳｗ
    x ᶍẋẍₓⓧｘ
    y ýÿŷƴȳɏʎẏẙỳỵỷỹỿⓨｙ
    z źżžƶȝȥɀʐʑᵶᶎẑẓẕⓩⱬꝣｚ
    0 ⁰₀⓪⓿０
    1 ¹₁①⓵❶➀➊１
    1. ⒈
    10 ⑩⓾❿➉➓
    10. ⒑
    11 ⑪⓫
    11. ⒒
    12 ⑫⓬
    12. ⒓
    13 ⑬⓭
    13. ⒔
    14 ⑭⓮
    14. ⒕
    15 ⑮⓯
    15. ⒖
    16 ⑯⓰
    16. ⒗
    17 ⑰⓱
    17. ⒘
    18 ⑱⓲
    18. ⒙
    19 ⑲⓳
    19. ⒚
    2 ²₂②⓶❷➁➋２
    2. ⒉
    20 ⑳⓴
    20. ⒛
    3 ³₃③⓷❸➂➌３
    3. ⒊
    4 ⁴₄④⓸❹➃➍４
    4. ⒋
    5 ⁵₅⑤⓹❺➄➎５
    5. ⒌
    6 ⁶₆⑥⓺❻➅➏６
    6. ⒍
    7 ⁷₇⑦⓻❼➆➐７
    7. ⒎
    8 ⁸₈⑧⓼❽➇➑８
    8. ⒏
    9 ⁹₉⑨⓽❾➈➒９
    9. ⒐
    ! ！
    !! ‼
    !? ⁉
    " «»“”„″‶❝❞❮❯＂
    # ＃
    $ ＄
    % ⁒％
    & ＆
    ' ‘’‚‛′‵‹›❛❜＇
    ( ⁽₍❨❪（
    (( ⸨
    (1) ⑴
    (10) ⑽
    (11) ⑾
    (12) ⑿
    (13) ⒀
    (14) ⒁
    (15) ⒂
    (16) ⒃
    (17) ⒄
    (18) ⒅
    (19) ⒆
    (2) ⑵
    (20) ⒇
    (3) ⑶
    (4) ⑷
    (5) ⑸
    (6) ⑹
    (7) ⑺
    (8) ⑻
    (9) ⑼
    (a) ⒜
    (b) ⒝
    (c) ⒞
    (d) ⒟
    (e) ⒠
    (f) ⒡
    (g) ⒢
    (h) ⒣
    (i) ⒤
    (j) ⒥
    (k) ⒦
    (l) ⒧
    (m) ⒨
    (n) ⒩
    (o) ⒪
    (p) ⒫
    (q) ⒬
    (r) ⒭
    (s) ⒮
    (t) ⒯
    (u) ⒰
    (v) ⒱
    (w) ⒲
    (x) ⒳
    (y) ⒴
    (z) ⒵
    ) ⁾₎❩❫）
    )) ⸩
    * ⁎＊
    + ⁺₊＋
    , ，
    - ‐‑‒–—⁻₋－
    . ．
    / ⁄／
    : ：
    ; ⁏；
    < ❬❰＜
    = ⁼₌＝
    > ❭❱＞
    ? ？
    ?! ⁈
    ?? ⁇
    @ ＠
    [ ⁅❲［
    \ ＼
    ] ⁆❳］
    ^ ‸＾
    _ ＿
    { ❴｛
    } ❵｝
    ~ ⁓～
    """#
}
