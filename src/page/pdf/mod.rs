//! PDF to a [`Page`]. The file is weighed before it is opened, drawn by the library onto a device that only notes letters, and the letters
//! are put together to lines and clauses. Reading order is the order of drawing.

mod layout;
mod letters;
mod weigh;

use super::Page;
use super::outline::Outline;
use crate::model::Rejection;

/// Whether bytes look like a PDF file; some have a few bytes of junk before their header.
pub(super) fn is_pdf(body: &[u8]) -> bool {
    body[..body.len().min(1024)].windows(5).any(|bytes| bytes == b"%PDF-")
}

/// Reads a PDF file.
///
/// # Errors
/// [`Rejection::Unreadable`] where it is broken, needs a password, or is larger inside than any honest document.
pub(super) fn read(body: &[u8]) -> Result<Page, Rejection> {
    let unreadable = |why: &str| Rejection::Unreadable(format!("the PDF file {why}"));
    weigh::weigh(body).map_err(unreadable)?;
    let lines = letters::lines(body).map_err(unreadable)?;
    let mut outline = Outline::default();
    for (kind, text) in layout::clauses(lines) {
        outline.push(kind, &text);
    }
    Ok(Page { document: outline.finish(None), ..Page::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ClauseKind;

    /// A PDF file with one content stream a page, as small as the format allows (ISO 32000-1, 7.5).
    fn file(pages: &[String]) -> Vec<u8> {
        let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
        let mut objects = vec![
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" ")),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        ];
        for (n, content) in pages.iter().enumerate() {
            objects.push(format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
                5 + 2 * n
            ));
            objects.push(format!("<</Length {}>>stream\n{content}\nendstream", content.len()));
        }
        let mut out = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        for (n, object) in objects.iter().enumerate() {
            places.push(out.len());
            out.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).into_bytes());
        }
        let xref = out.len();
        out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
        places.iter().for_each(|place| out.extend(format!("{place:010} 00000 n \n").into_bytes()));
        out.extend(format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF", objects.len() + 1).into_bytes());
        out
    }

    fn line(size: u32, x: u32, y: u32, text: &str) -> String {
        format!("BT /F1 {size} Tf {x} {y} Td ({}) Tj ET\n", text.replace('(', "\\(").replace(')', "\\)"))
    }

    fn shown(page: &Page) -> Vec<(ClauseKind, &str)> {
        page.document.clauses.iter().map(|clause| (clause.kind, clause.text.as_str())).collect()
    }

    #[test]
    fn lines_become_headings_paragraphs_and_items() {
        let content = [
            line(20, 60, 740, "Terms of Use"),
            line(11, 60, 700, "You keep the rights in what you upload. We may show it to the people"),
            line(11, 60, 686, "who visit our site, as long as you keep it there, and store it in back-"),
            line(11, 60, 672, "ups for thirty days."),
            line(14, 60, 640, "2. Conduct"),
            line(11, 60, 616, "You may not:"),
            line(11, 80, 602, "(a) scrape the site;"),
            line(11, 80, 588, "(b) train models on what other people uploaded, unless they"),
            line(11, 80, 574, "agreed."),
        ]
        .concat();
        let page = read(&file(&[content])).unwrap();
        assert_eq!(
            shown(&page),
            [
                (ClauseKind::Heading(1), "Terms of Use"),
                (
                    ClauseKind::Paragraph,
                    "You keep the rights in what you upload. We may show it to the people who visit our site, as long as you keep it there, and store it in backups for thirty days."
                ),
                (ClauseKind::Heading(2), "2. Conduct"),
                (ClauseKind::Paragraph, "You may not:"),
                (ClauseKind::ListItem, "(a) scrape the site;"),
                (ClauseKind::ListItem, "(b) train models on what other people uploaded, unless they agreed."),
            ]
        );
        assert_eq!(page.document.stem(5), Some("You may not:"));
    }

    #[test]
    fn running_heads_go_and_a_sentence_goes_on_over_the_page() {
        let page = |n: u32, text: &str| {
            [line(8, 60, 780, "Harrowgate Ltd - Terms of Use"), line(11, 60, 700, text), line(8, 280, 20, &format!("Page {n} of 3"))]
                .concat()
        };
        let pages = [
            page(1, "We may use what you upload to make our models better and to"),
            page(2, "train them, unless you object. The rest of the terms follows here on"),
            page(3, "this page and ends."),
        ];
        let page = read(&file(&pages)).unwrap();
        assert_eq!(
            shown(&page),
            [(
                ClauseKind::Paragraph,
                "We may use what you upload to make our models better and to train them, unless you object. The rest of the terms follows here on this page and ends."
            )]
        );
    }

    #[test]
    fn words_are_parted_where_the_drawing_parts_them() {
        let content = "BT /F1 11 Tf 60 700 Td [(We)-300(may)-300(tr)10(ain)] TJ ET\n".to_owned();
        let page = read(&file(&[content])).unwrap();
        assert_eq!(shown(&page)[0].1, "We may train");
    }

    #[test]
    fn broken_and_monstrous_files_are_refused_in_words() {
        let whole = file(&[line(11, 60, 700, "We may use what you upload.")]);
        for cut in [5, 20, whole.len() / 2, whole.len() - 10] {
            // A cut file may still be read in part: what matters is that nothing worse happens.
            let _ = read(&whole[..cut]);
        }
        assert!(matches!(read(b"%PDF-1.7 nothing"), Err(Rejection::Unreadable(_))));
        let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut bomb, &vec![b' '; 70_000_000]).unwrap();
        let bomb = bomb.finish().unwrap();
        let mut file = b"%PDF-1.4\n1 0 obj<</Filter/FlateDecode/Length 9>>stream\n".to_vec();
        file.extend(bomb);
        file.extend(b"\nendstream endobj");
        let Err(Rejection::Unreadable(why)) = read(&file) else { panic!("a bomb was read") };
        assert!(why.contains("unpacks"), "{why}");
    }

    #[test]
    fn forms_that_draw_each_other_without_end_are_stopped() {
        let forms: Vec<String> = (10..20)
            .map(|n| {
                let body = format!("/X Do\n{}", "/X Do\n".repeat(9));
                format!("{n} 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X {} 0 R>>>>/Length {}>>stream\n{body}\nendstream\nendobj\n", n + 1, body.len())
            })
            .collect();
        let mut file = String::from(
            "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</X 10 0 R>>>>/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length 6>>stream\n/X Do\n\nendstream\nendobj\n",
        );
        file.push_str(&forms.concat());
        file.push_str(
            "20 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 1>>stream\nq\nendstream\nendobj\ntrailer<</Root 1 0 R>>",
        );
        let Err(Rejection::Unreadable(why)) = read(file.as_bytes()) else { panic!("it was drawn to the end") };
        assert!(why.contains("draws"), "{why}");
    }
}
